@web-portal
Feature: What has ended stays ended
  OWASP ASVS 5.0, 7.4 and 6.5.6; NIST SP 800-63B-4, 3.1.3.2; OWASP Forgot Password Cheat Sheet.

  A session, a sign-in that is under way and a link each end at some time, and nothing brings them back.

  Rule: Signing out ends the access token

    @TOKEN-4
    Scenario Outline: The access token is dead once its user has signed out
      Given Ada is a user <mfa>
      And Ada is signed in already
      Then Ada's open session goes on
      When Ada signs out
      Then Ada's session is over

      Examples:
        | mfa                |
        | with MFA by e-mail |
        | without MFA        |

    @TOKEN-4
    Scenario: It stays dead when its user signs in again
      Given Ada is a user with MFA by e-mail
      And Ada is signed in already
      Then Ada's open session goes on
      When Ada signs out
      And Ada signs in with her password on another device
      And Ada enters the code on another device
      Then Ada is signed in on another device
      And Ada's session is over

  Rule: A reset link works once

    @RESET-6
    Scenario: A link that was used is refused
      Given Ada is a user without MFA
      And Ada has a reset link
      When Ada follows the link and chooses a new password
      Then the change is made
      When Ada follows the link and chooses a new password
      Then the change is refused
      When Ada signs in with her new password
      Then Ada is signed in
      When Ada asks for a reset link
      And Ada follows the link and chooses a new password
      Then the change is made

  Rule: A sign-in that was begun is over after ten minutes at the most, and nothing extends it

    @TOKEN-8 @POLICY-1
    Scenario: It can be completed until the last second of its challenge's life
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When all but 10 seconds of the challenge's life have passed
      And Ada asks for a new code
      Then Ada is asked for a code
      And a code reaches Ada's e-mail
      When Ada enters a wrong code
      And all but 1 second of the challenge's life has passed
      And Ada enters the code
      Then Ada is signed in

    @TOKEN-8 @POLICY-1
    Scenario: Neither a new code nor a wrong one extends it
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When all but 10 seconds of the challenge's life have passed
      And Ada asks for a new code
      Then Ada is asked for a code
      And a code reaches Ada's e-mail
      When Ada enters a wrong code
      And the challenge's life has passed
      And Ada enters the code
      Then Ada is refused
      And Ada is not signed in

    @TOKEN-8
    Scenario: After ten minutes no new code is to be had in it
      Given Ada is a user with MFA by phone
      And Ada was asked for a code
      When 10 minutes have passed
      And Ada asks for a new code
      Then Ada is refused
      When Ada signs in with her password
      Then Ada is asked for a code
      When Ada enters the code
      Then Ada is signed in

  Rule: A new password, a lock and MFA that is switched off end what is pending

    @PATH-4
    Scenario: A new password ends a sign-in that the old one began
      Given Ada is a user with MFA by e-mail
      And Ada has a reset link
      And Ada was asked for a code
      When Ada follows the link and chooses a new password
      And Ada enters the code
      Then Ada is refused
      And Ada is not signed in
      When the wait for a new code has passed
      And Ada asks for a new code
      Then Ada is refused
      When Ada signs in with her new password
      Then Ada is asked for a code

    @PATH-4
    Scenario: A link that nobody has followed yet ends nothing
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      And Ada has a reset link
      When the wait for a new code has passed
      And Ada asks for a new code
      Then Ada is asked for a code
      When Ada enters the code
      Then Ada is signed in

    @PATH-4
    Scenario: A lock that wrong passwords began ends a sign-in for good
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada fails her password as often as locks an account on another device
      And Support unlocks Ada
      Then the change is made
      When Ada enters the code
      Then Ada is refused
      And Ada is not signed in
      When the wait for a new code has passed
      And Ada asks for a new code
      Then Ada is refused
      When Ada signs in with her password
      And Ada enters the code
      Then Ada is signed in

    @PATH-4
    Scenario: Wrong passwords that lock nothing end no sign-in
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada fails her password once less than locks an account on another device
      And Ada enters the code
      Then Ada is signed in

    @PATH-4
    Scenario: A lock that wrong codes began ends the other sign-ins for good
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code on another device
      And Ada has failed the code as often as locks an account
      When Support unlocks Ada
      Then the change is made
      When Ada enters the code on another device
      Then Ada is refused
      And Ada is not signed in on another device
      When Ada signs in with her password
      And Ada enters the code
      Then Ada is signed in

    @PATH-4 @PATH-5
    Scenario: Wrong codes that lock nothing end no other sign-in
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code on another device
      And Ada has failed the code once less than locks an account
      When Ada enters the code on another device
      Then Ada is signed in on another device
