@web-portal
Feature: Ways around the two stages
  OWASP ASVS 5.0, chapters 2, 6 and 9, and RFC 8725.

  A sign-in has two stages, in this order, for one person. Nothing that is sent otherwise leads past one of them.

  Rule: An mfa_token is no access token, and an access token is no mfa_token

    @TOKEN-1 @api
    Scenario Outline: An mfa_token opens nothing, neither before its sign-in is complete nor after
      Given Ada is a user with MFA by <channel>
      And Ada was asked for a code
      When Ada opens her profile with her mfa_token in place of an access token
      Then Ada is refused
      When Ada enters the code
      Then Ada is signed in
      When Ada opens her profile with her mfa_token in place of an access token
      Then Ada is refused
      When Ada opens her profile
      Then Ada's profile is shown

      Examples:
        | channel |
        | e-mail  |
        | phone   |

    @TOKEN-1 @api
    Scenario: An access token does not go on with a sign-in
      Given Ada is a user with MFA by e-mail
      And Ada is signed in already
      And Ada was asked for a code
      When Ada enters the code with her access token in place of an mfa_token
      Then nothing is opened for Ada
      When Ada enters the code
      Then Ada is signed in

    @TOKEN-1 @api
    Scenario: An access token does not ask for a new code
      Given Ada is a user with MFA by e-mail
      And Ada is signed in already
      And Ada was asked for a code
      When the wait for a new code has passed
      And Ada asks for a new code with her access token in place of an mfa_token
      Then nothing is opened for Ada
      When Ada asks for a new code
      Then Ada is asked for a code
      When Ada enters the code
      Then Ada is signed in
