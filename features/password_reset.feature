Feature: Resetting the password
  Reset your password.

  Rule: A link comes to the account's own address

    @RESET-1
    Scenario Outline: A link comes by e-mail
      Given Ada is a user <mfa>
      When Ada asks for a reset link
      Then a reset link reaches the address that Ada signs in with

      Examples:
        | mfa                |
        | without MFA        |
        | with MFA by phone  |
        | with MFA by e-mail |

    @RESET-1
    Scenario Outline: A link never goes to an address that only looks like the account's
      Given Ada is a user without MFA
      When somebody asks for a reset link for Ada's address <written>
      And Ada asks for a reset link
      Then a reset link reaches the address that Ada signs in with
      And no message has reached Ada's address <written>

      Examples:
        | written                |
        | in capitals            |
        | with a dotless i       |
        | with a long s          |
        | with a Kelvin sign     |
        | in full-width letters  |

  Rule: The link does not live long

    @RESET-2 @POLICY-1
    Scenario: A link works until the last second of its life
      Given Ada is a user without MFA
      And Ada has a reset link
      When all but 1 second of the link's life has passed
      And Ada follows the link and chooses a new password
      Then the change is made
      When Ada signs in with her new password
      Then Ada is signed in

    @RESET-2 @POLICY-1
    Scenario: A link is dead once its life is over
      Given Ada is a user without MFA
      And Ada has a reset link
      When the link's life has passed
      And Ada follows the link and chooses a new password
      Then the change is refused
      When Ada signs in with her old password
      Then Ada is signed in

    @RESET-2 @inferred
    Scenario: No link works after a day
      Given Ada is a user without MFA
      And Ada has a reset link
      When 24 hours have passed
      And Ada follows the link and chooses a new password
      Then the change is refused
      When Ada signs in with her old password
      Then Ada is signed in

  Rule: Each request ends the link before it

    @RESET-3
    Scenario: Only the newest link works
      Given Ada is a user without MFA
      And Ada has a reset link
      When Ada asks for a reset link
      And Ada follows the earlier link and chooses a new password
      Then the change is refused
      When Ada signs in with her old password
      Then Ada is signed in
      When Ada follows the link and chooses a new password
      Then the change is made

  @PORTAL-7
  Rule: The new password takes the place of the old one

    @RESET-4
    Scenario: The new password works and the old one does not
      Given Ada is a user without MFA
      And Ada has a reset link
      When Ada follows the link and chooses a new password
      Then the change is made
      When Ada signs in with her old password
      Then Ada is refused
      When Ada signs in with her new password
      Then Ada is signed in

    @RESET-4
    Scenario: The reset itself signs nobody in
      Given Ada is a user without MFA
      And Ada has a reset link
      When Ada follows the link and chooses a new password
      Then the change is made
      And Ada is not signed in
      When Ada signs in with her new password
      Then Ada is signed in

    @RESET-4
    Scenario: With MFA the code is asked for as before
      Given Ada is a user with MFA by e-mail
      And Ada has a reset link
      When Ada follows the link and chooses a new password
      And Ada signs in with her new password
      Then Ada is asked for a code
      And Ada is not signed in
      When Ada enters the code
      Then Ada is signed in

    @RESET-5
    Scenario: All open sessions end
      Given Ada is a user without MFA
      And Ada is signed in already
      And Ada is signed in already on another device
      And Ada has a reset link
      Then Ada's open session goes on
      When Ada follows the link and chooses a new password
      Then Ada's session is over
      And Ada's session is over on another device
