Feature: The web portal and Servinix Go behave the same
  Manage multi-factor authentication: how it works.

  All other scenarios of the sign-in run as each of them; here their answers to the same deed are laid side by side.

  @MFA-8
  Scenario Outline: Both answer the password in the same way
    Given Ada is a user <mfa>
    And Bea is a colleague of Ada <mfa>
    When Ada signs in with <password> on the web portal
    And Bea signs in with <password> on Servinix Go
    Then Ada and Bea have been answered the same

    Examples:
      | mfa                | password         |
      | with MFA by e-mail | her password     |
      | with MFA by e-mail | a wrong password |
      | with MFA by phone  | her password     |
      | without MFA        | her password     |
      | without MFA        | a wrong password |

  @MFA-8
  Scenario Outline: Both answer the code in the same way
    Given Ada is a user with MFA by e-mail
    And Bea is a colleague of Ada with MFA by e-mail
    When Ada signs in with her password on the web portal
    And Ada enters <code> on the web portal
    And Bea signs in with her password on Servinix Go
    And Bea enters <code> on Servinix Go
    Then Ada and Bea have been answered the same

    Examples:
      | code         |
      | the code     |
      | a wrong code |
