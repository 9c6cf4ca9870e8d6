@web-portal
Feature: No more happens than what was asked for
  OWASP ASVS 5.0, 2.4.1 and 6.4.3.

  What is refused does nothing, and what is done to one user, or in one sign-in, is done to no other.

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

  Rule: A password reset neither signs in nor weakens MFA

    @PATH-2 @api
    Scenario: Nothing in the answer to a reset opens the account
      Given Ada is a user with MFA by e-mail
      And Ada has a reset link
      When Ada follows the link and chooses a new password
      Then the change is made
      And nothing in the answer opens Ada's account
      When Ada signs in with her new password
      And Ada enters the code
      Then something in the answer opens Ada's account

    @PATH-2
    Scenario Outline: With the new password a code is asked for, and goes where it went before
      Given Ada is a user with MFA by <channel>
      And Ada has a reset link
      When Ada follows the link and chooses a new password
      And Ada signs in with her new password
      Then Ada is asked for a code
      And Ada is not signed in
      And a code reaches Ada's <channel>
      When Ada enters the code
      Then Ada is signed in
      And Ada's profile shows MFA as active

      Examples:
        | channel |
        | e-mail  |
        | phone   |

    @PATH-2
    Scenario: A lock that wrong codes began goes on
      Given Ada is a user with MFA by e-mail
      And Ada has a reset link
      And Ada has failed the code as often as locks an account
      When Ada follows the link and chooses a new password
      And Ada signs in with her new password
      Then Ada is refused
      And Ada is not signed in
      When the lock has passed
      And Ada signs in with her new password
      Then Ada is asked for a code
      When Ada enters the code
      Then Ada is signed in

  Rule: What happens to one user leaves others alone

    @PATH-5
    Scenario Outline: Whatever happens to a colleague, sessions and sign-ins under way go on
      Given Ada is a user with MFA by e-mail
      And Bea is a colleague of Ada with MFA by e-mail
      And Ada is signed in already on another device
      And Ada was asked for a code
      And Bea was asked for a code
      When <what happens>
      Then Ada is signed in on another device
      When Ada enters the code
      Then Ada is signed in
      When Ada signs in with her password
      Then Ada is asked for a code

      Examples:
        | what happens                                        |
        | Bea fails her password as often as locks an account |
        | Bea fails the code as often as locks an account     |
        | Support switches MFA off for Bea                    |

    @PATH-5
    Scenario: The new password of a colleague ends nothing of others
      Given Ada is a user with MFA by e-mail
      And Bea is a colleague of Ada without MFA
      And Ada is signed in already on another device
      And Ada was asked for a code
      And Bea is signed in already
      And Bea has a reset link
      When Bea follows the link and chooses a new password
      Then Bea's session is over
      And Ada is signed in on another device
      When Ada enters the code
      Then Ada is signed in

    @PATH-5
    Scenario: The wait for a new code is each user's own
      Given Ada is a user with MFA by e-mail
      And Bea is a colleague of Ada with MFA by e-mail
      And Ada was asked for a code
      And Bea was asked for a code
      When the wait for a new code has passed for Bea
      And Bea asks for a new code
      And Bea signs in with her password
      Then Bea is asked for a code
      When the wait for a new code has passed
      And Ada asks for a new code
      Then Ada is asked for a code
      When Ada enters the code
      Then Ada is signed in
      When Bea enters the code
      Then Bea is signed in

  Rule: What happens in one sign-in leaves the user's others alone

    @PATH-5
    Scenario: Two sign-ins of one user are completed, the later one first
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      And Ada was asked for a code on another device
      When Ada enters the code on another device
      Then Ada is signed in on another device
      When Ada enters the code
      Then Ada is signed in
      And Ada is signed in on another device

    @PATH-5
    Scenario: A new code in one sign-in leaves that of another as it is
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code on another device
      And Ada was asked for a code
      When the wait for a new code has passed
      And Ada asks for a new code
      Then Ada is asked for a code
      When Ada enters the code on another device
      Then Ada is signed in on another device
      When Ada enters the code
      Then Ada is signed in

    @PATH-5
    Scenario: Wrong codes that end one sign-in end no other
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code on another device
      And Ada was asked for a code
      And Ada has failed the code as often as ends a challenge
      When Ada enters the code
      Then Ada is refused
      When Ada enters the code on another device
      Then Ada is signed in on another device

    @PATH-5
    Scenario: Signing out ends one session, and no other
      Given Ada is a user with MFA by e-mail
      And Ada is signed in already
      And Ada is signed in already on another device
      When Ada signs out
      Then Ada's session is over
      And Ada is signed in on another device
