Feature: Switching MFA off
  Manage multi-factor authentication: before you start, disable.

  Support switches MFA off for one user, after making sure that it is the user who asks for it.

  @MFA-13
  Scenario Outline: Afterwards the password is enough
    Given Ada is a user with MFA by <channel>
    When Support switches MFA off for Ada
    Then the change is made
    When Ada signs in with her password
    Then Ada is signed in
    And no code has reached Ada's <channel>

    Examples:
      | channel |
      | e-mail  |
      | phone   |

  @MFA-13 @PATH-4
  Scenario: A code that was sent before is of no more use
    Given Ada is a user with MFA by e-mail
    And Ada was asked for a code
    When Support switches MFA off for Ada
    And Ada enters the code
    Then Ada is refused
    When Ada signs in with her password
    Then Ada is signed in

  @MFA-12
  Scenario: Support verifies the user's identity first
    Given Ada is a user with MFA by e-mail
    When Support switches MFA off for Ada
    Then the change is made
    And Ada's record shows MFA as inactive

  @MFA-12 @inferred
  Scenario: Without the check nothing changes
    Given Ada is a user with MFA by e-mail
    When Support switches MFA off for Ada without verifying who asks
    Then the change is refused
    And Ada's record shows MFA as active
    When Ada signs in with her password
    Then Ada is asked for a code

  @MFA-12 @inferred @api
  Scenario: Saying nothing of a check does not count as one
    Given Ada is a user with MFA by e-mail
    When Support switches MFA off for Ada without a word about who asks
    Then the change is refused
    And Ada's record shows MFA as active
    When Ada signs in with her password
    Then Ada is asked for a code

  @MFA-12 @inferred
  Scenario: A user cannot switch MFA off
    Given Ada is a user with MFA by e-mail
    And Ada is signed in already
    When Ada switches MFA off for Ada
    Then the change is refused
    And Ada's record shows MFA as active
    When Ada signs in with her password
    Then Ada is asked for a code

  @MFA-12 @inferred
  Scenario: An administrator cannot switch MFA off
    Given Ada is a user with MFA by e-mail
    And Tom is an administrator of Ada's organization
    When Tom switches MFA off for Ada
    Then the change is refused
    And Ada's record shows MFA as active
    When Ada signs in with her password
    Then Ada is asked for a code

  @MFA-2
  Scenario: Colleagues are not affected when MFA is switched off
    Given Ada is a user with MFA by e-mail
    And Bea is a colleague of Ada with MFA by phone
    When Support switches MFA off for Ada
    And Bea signs in with her password
    Then Bea is asked for a code
    And Bea's record shows MFA as active
    When Ada signs in with her password
    Then Ada is signed in
