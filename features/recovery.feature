Feature: Recovering an account
  Manage multi-factor authentication: troubleshooting.

  Somebody who is locked out, by passwords or by codes, is let in again by Support, who makes sure of the identity first.

  @MFA-20
  Scenario: Support lets somebody in who failed the password too often
    Given Ada is a user without MFA
    And Ada has failed her password as often as locks an account
    When Ada signs in with her password
    Then Ada is refused
    When Support unlocks Ada
    Then the change is made
    When Ada signs in with her password
    Then Ada is signed in

  @MFA-20
  Scenario: Support lets somebody in who failed the code too often
    Given Ada is a user with MFA by e-mail
    And Ada has failed the code as often as locks an account
    When Ada signs in with her password
    Then Ada is refused
    When Support unlocks Ada
    Then the change is made
    When Ada signs in with her password
    Then Ada is asked for a code
    When Ada enters the code
    Then Ada is signed in

  @MFA-20 @inferred
  Scenario: Support does not without knowing who asks
    Given Ada is a user without MFA
    And Ada has failed her password as often as locks an account
    When Support unlocks Ada without verifying who asks
    Then the change is refused
    When Ada signs in with her password
    Then Ada is refused
    When Support unlocks Ada
    Then the change is made
    When Ada signs in with her password
    Then Ada is signed in

  @MFA-20 @inferred
  Scenario: Recovery leaves MFA on
    Given Ada is a user with MFA by phone
    And Ada has failed her password as often as locks an account
    When Support unlocks Ada
    And Ada signs in with her password
    Then Ada is asked for a code
    And Ada is not signed in
