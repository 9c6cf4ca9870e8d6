@web-portal
Feature: What is given away
  OWASP ASVS 5.0, chapters 14 and 16, and the Web Security Testing Guide.

  Everything that a user's device was answered is searched: bodies, headers and cookies, what is written in them by
  Base64 alone, such as the readable parts of a token, and hashes that are made without a key.

  Rule: Secrets stay where they belong

    @LEAK-1 @api
    Scenario Outline: Code, password and contact come back in no answer
      Given Ada is a user with MFA by <channel>
      When Ada signs in with a wrong password
      Then Ada is refused
      When Ada signs in with her password
      Then Ada is asked for a code
      And neither the code nor her password stands in any answer to Ada
      When Ada enters a wrong code
      Then Ada is refused
      When Ada enters the code
      Then Ada is signed in
      And neither the code nor her password stands in any answer to Ada
      And her full contact stands in no answer of Ada's sign-in
      But her own e-mail address is found in Ada's profile

      Examples:
        | channel |
        | e-mail  |
        | phone   |

    @LEAK-1 @api
    Scenario: A new code comes back in no answer either
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When the wait for a new code has passed
      And Ada asks for a new code
      Then Ada is asked for a code
      And neither the code nor her password stands in any answer to Ada
      And her full contact stands in no answer of Ada's sign-in
      When Ada enters the code
      Then Ada is signed in
      And her own e-mail address is found in Ada's profile

    @LEAK-1
    Scenario: The code stands in the message and not in its subject
      Given Ada is a user with MFA by e-mail
      When Ada signs in with her password
      Then a code reaches Ada's e-mail
      And the subject of the message to Ada holds no code
      When Ada enters the code
      Then Ada is signed in

    @LEAK-1 @api
    Scenario Outline: An access token tells nothing personal
      Given Ada is a user <mfa>
      And Ada is signed in already
      When Ada opens her profile
      Then Ada's profile is shown
      And Ada's access token tells nothing personal

      Examples:
        | mfa                |
        | without MFA        |
        | with MFA by e-mail |
        | with MFA by phone  |
