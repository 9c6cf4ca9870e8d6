Feature: Switching MFA on
  Manage multi-factor authentication: before you start, enable, result.

  An account administrator or Support switches MFA on for one user, after confirming the contact that codes will go to.

  Rule: It is done by an administrator or by Support

    @MFA-9
    Scenario Outline: Support switches MFA on
      Given Ada is a user without MFA
      When Support switches MFA on for Ada by <channel>
      Then the change is made
      When Ada signs in with her password
      Then Ada is asked for a code
      And a code reaches Ada's <channel>
      When Ada enters the code
      Then Ada is signed in

      Examples:
        | channel |
        | e-mail  |
        | phone   |

    @MFA-9
    Scenario: An administrator switches MFA on in the own organization
      Given Ada is a user without MFA
      And Tom is an administrator of Ada's organization
      When Tom switches MFA on for Ada by e-mail
      Then the change is made
      When Ada signs in with her password
      Then Ada is asked for a code

    @MFA-9 @inferred
    Scenario: A user cannot switch MFA on
      Given Ada is a user without MFA
      And Ada is signed in already
      When Ada switches MFA on for Ada by e-mail
      Then the change is refused
      And Ada's record shows MFA as inactive
      When Ada signs in with her password
      Then Ada is signed in

    @MFA-9 @inferred
    Scenario: A user cannot switch MFA on for a colleague
      Given Ada is a user without MFA
      And Bea is a colleague of Ada without MFA
      And Bea is signed in already
      When Bea switches MFA on for Ada by e-mail
      Then the change is refused
      When Ada signs in with her password
      Then Ada is signed in

  Rule: The contact is confirmed first

    @MFA-10
    Scenario: Codes go to the contact that was confirmed
      Given Ada is a user without MFA
      When Support switches MFA on for Ada by phone
      And Ada signs in with her password
      Then a code reaches Ada's phone

    @MFA-10 @inferred
    Scenario Outline: Without the confirmation nothing changes
      Given Ada is a user without MFA
      And Tom is an administrator of Ada's organization
      When <who> switches MFA on for Ada by e-mail without confirming the contact
      Then the change is refused
      And Ada's record shows MFA as inactive
      When Ada signs in with her password
      Then Ada is signed in
      When <who> switches MFA on for Ada by e-mail
      Then the change is made

      Examples:
        | who     |
        | Support |
        | Tom     |

    @MFA-10 @inferred @api
    Scenario: Saying nothing of a confirmation does not count as one
      Given Ada is a user without MFA
      When Support switches MFA on for Ada by e-mail without a word about the confirmation
      Then the change is refused
      And Ada's record shows MFA as inactive
      When Ada signs in with her password
      Then Ada is signed in

  Rule: It takes effect at the next sign-in

    @MFA-11
    Scenario: The next sign-in asks for a code
      Given Ada is a user without MFA
      When Ada signs in with her password
      Then Ada is signed in
      When Support switches MFA on for Ada by e-mail
      And Ada signs in with her password on another device
      Then Ada is asked for a code

    @MFA-11 @inferred
    Scenario: A session that is open goes on
      Given Ada is a user without MFA
      And Ada is signed in already
      When Support switches MFA on for Ada by e-mail
      Then the change is made
      And Ada's open session goes on

  Rule: It concerns one account

    @MFA-2
    Scenario: Colleagues are not affected when MFA is switched on
      Given Ada is a user without MFA
      And Bea is a colleague of Ada without MFA
      When Support switches MFA on for Ada by e-mail
      And Bea signs in with her password
      Then Bea is signed in
      And Bea's record shows MFA as inactive
      When Ada signs in with her password
      Then Ada is asked for a code

  Rule: Being asked for a code and having MFA active go together

    @MFA-15
    Scenario Outline: A user who has MFA from the start
      Given Ada is a user with MFA by <channel>
      Then Ada's record shows MFA as active
      When Ada signs in with her password
      Then Ada is asked for a code
      When Ada enters the code
      Then Ada's profile shows MFA as active

      Examples:
        | channel |
        | e-mail  |
        | phone   |

    @MFA-15
    Scenario: A user who does not have MFA
      Given Ada is a user without MFA
      When Ada signs in with her password
      Then Ada is signed in
      And Ada's profile shows MFA as inactive
      And Ada's record shows MFA as inactive

    @MFA-15
    Scenario: A user for whom MFA is switched on and off again
      Given Ada is a user without MFA
      When Support switches MFA on for Ada by e-mail
      Then Ada's record shows MFA as active
      When Ada signs in with her password
      Then Ada is asked for a code
      When Support switches MFA off for Ada
      Then Ada's record shows MFA as inactive
      When Ada signs in with her password
      Then Ada is signed in
      And Ada's profile shows MFA as inactive
