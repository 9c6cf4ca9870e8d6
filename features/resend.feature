@web-portal @servinix-go @PORTAL-7
Feature: Asking for a new code
  Manage multi-factor authentication: troubleshooting.

  Whoever did not get a code, or lost it, asks for another one half a minute later.

  @MFA-16
  Scenario Outline: After 30 seconds a new code comes
    Given Ada is a user with MFA by <channel>
    And Ada was asked for a code
    When the wait for a new code has passed
    And Ada asks for a new code
    Then Ada is asked for a code
    And a code reaches Ada's <channel>
    When Ada enters the code
    Then Ada is signed in

    Examples:
      | channel |
      | e-mail  |
      | phone   |

  @MFA-16 @inferred
  Scenario: One second earlier it is refused
    Given Ada is a user with MFA by e-mail
    And Ada was asked for a code
    When all but 1 second of the wait for a new code has passed
    And Ada asks for a new code
    Then Ada is refused
    When Ada enters the code
    Then Ada is signed in

  @MFA-16 @inferred
  Scenario: The wait begins anew with every code
    Given Ada is a user with MFA by e-mail
    And Ada was asked for a code
    When the wait for a new code has passed
    And Ada asks for a new code
    Then Ada is asked for a code
    When all but 1 second of the wait for a new code has passed
    And Ada asks for a new code
    Then Ada is refused
    When the wait for a new code has passed
    And Ada asks for a new code
    Then Ada is asked for a code

  @MFA-16 @api
  Scenario: The wait that is declared is the published one
    Given Ada is a user with MFA by e-mail
    When Ada signs in with her password
    Then Ada is told to wait 30 seconds for a new code
