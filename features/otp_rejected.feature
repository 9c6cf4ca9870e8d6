@web-portal @servinix-go @PORTAL-7
Feature: When a code is rejected
  Manage multi-factor authentication: troubleshooting.

  A code that is wrong or too old lets nobody in, and the remedy is a fresh code, entered at once.

  Rule: A rejected code opens nothing

    @MFA-19
    Scenario: A wrong code gives no access token
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada enters a wrong code
      Then Ada is refused
      And Ada is not signed in
      When Ada enters the code
      Then Ada is signed in

    @MFA-19 @api
    Scenario: Nothing in the answer to a wrong code opens the account
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada enters a wrong code
      Then nothing in the answer opens Ada's account
      When Ada enters the code
      Then something in the answer opens Ada's account

    @MFA-19 @inferred
    Scenario: After a wrong code the password alone is still not enough
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada enters a wrong code
      And Ada signs in with her password
      Then Ada is asked for a code
      And Ada is not signed in
      When Ada enters the code
      Then Ada is signed in

  Rule: A code does not live long

    @MFA-17 @POLICY-1
    Scenario: A code works until the last second of its life
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When all but 1 second of the code's life has passed
      And Ada enters the code
      Then Ada is signed in

    @MFA-17 @POLICY-1
    Scenario: A code is rejected once its life is over
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When the code's life has passed
      And Ada enters the code
      Then Ada is refused
      And Ada is not signed in

    @MFA-17 @inferred
    Scenario: No code works after ten minutes
      Given Ada is a user with MFA by phone
      And Ada was asked for a code
      When 10 minutes have passed
      And Ada enters the code
      Then Ada is refused
      And Ada is not signed in

  Rule: A fresh code works at once

    @MFA-18
    Scenario: A fresh sign-in helps after a wrong code
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada enters a wrong code
      Then Ada is refused
      When Ada signs in with her password
      And Ada enters the code
      Then Ada is signed in

    @MFA-18
    Scenario: A new code helps after a wrong one
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada enters a wrong code
      Then Ada is refused
      When the wait for a new code has passed
      And Ada asks for a new code
      And Ada enters the code
      Then Ada is signed in

    @MFA-18
    Scenario: A new code helps after one that was too old
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When the code's life has passed
      And Ada enters the code
      Then Ada is refused
      When Ada asks for a new code
      And Ada enters the code
      Then Ada is signed in
