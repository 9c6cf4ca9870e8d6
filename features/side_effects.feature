@web-portal
Feature: No more happens than what was asked for
  OWASP ASVS 5.0, 2.4.1.

  What is refused does nothing.

  Rule: A new code that is refused sends nothing

    @SEND-1
    Scenario Outline: Nothing is sent to whoever asks for a new code too soon
      Given Ada is a user with MFA by <channel>
      When Ada signs in with her password
      Then a code reaches Ada's <channel>
      When Ada asks for a new code
      Then Ada is refused
      And exactly 1 message has reached Ada's <channel>
      When the wait for a new code has passed
      And Ada asks for a new code
      Then Ada is asked for a code
      And a code reaches Ada's <channel>
      And exactly 2 messages have reached Ada's <channel>

      Examples:
        | channel |
        | e-mail  |
        | phone   |

    @SEND-1
    Scenario: Nothing is sent for a sign-in that is over
      Given Ada is a user with MFA by e-mail
      When Ada signs in with her password
      And Ada enters the code
      Then Ada is signed in
      When the wait for a new code has passed
      And Ada asks for a new code
      Then Ada is refused
      And exactly 1 message has reached Ada's e-mail
