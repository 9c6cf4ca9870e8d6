@web-portal @servinix-go @PORTAL-7
Feature: Signing in with a second factor
  Manage multi-factor authentication: introduction, before you start, how it works, result.

  A user with MFA gives her password first and then a one-time passcode, which the sign-in itself sends to the contact
  that is registered on her account. Every scenario here runs as the web portal and as Servinix Go.

  Rule: Both the password and the code are needed

    @MFA-1
    Scenario Outline: The password and the code together sign in
      Given Ada is a user with MFA by <channel>
      When Ada signs in with her password
      Then Ada is asked for a code
      When Ada enters the code
      Then Ada is signed in

      Examples:
        | channel |
        | e-mail  |
        | phone   |

    @MFA-1
    Scenario: The password alone does not sign in
      Given Ada is a user with MFA by e-mail
      When Ada signs in with her password
      Then Ada is asked for a code
      And Ada is not signed in
      When Ada signs in with her password
      Then Ada is asked for a code
      And Ada is not signed in

    @MFA-1
    Scenario: The password with a wrong code does not sign in
      Given Ada is a user with MFA by e-mail
      When Ada signs in with her password
      And Ada enters a wrong code
      Then Ada is refused
      And Ada is not signed in

    @MFA-1
    Scenario: The code alone does not sign in
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada enters the code on another device
      Then Ada is refused
      And Ada is not signed in on another device
      When Ada enters the code
      Then Ada is signed in

    @MFA-1
    Scenario: A wrong password and a right code do not sign in
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada signs in with a wrong password on another device
      Then Ada is refused
      When Ada enters the code on another device
      Then Ada is refused
      And Ada is not signed in on another device

  Rule: Signing in sends the code

    @MFA-3
    Scenario Outline: The code comes without being asked for
      Given Ada is a user with MFA by <channel>
      When Ada signs in with her password
      Then a code reaches Ada's <channel>
      And Ada did not have to ask for it

      Examples:
        | channel |
        | e-mail  |
        | phone   |

    @MFA-3 @inferred
    Scenario: It is one message and no more
      Given Ada is a user with MFA by e-mail
      When Ada signs in with her password
      Then exactly 1 message has reached Ada's e-mail
      When Ada enters the code
      Then Ada is signed in
      And exactly 1 message has reached Ada's e-mail

    @MFA-4
    Scenario Outline: The code goes to the registered contact
      Given Ada is a user with MFA by <channel>
      When Ada signs in with her password
      Then a code reaches Ada's <channel>
      When Ada enters the code
      Then Ada is signed in

      Examples:
        | channel |
        | e-mail  |
        | phone   |

    @MFA-4 @inferred
    Scenario: The code goes nowhere else
      Given Ada is a user with MFA by phone
      And Bea is a colleague of Ada with MFA by e-mail
      When Ada signs in with her password
      Then a code reaches Ada's phone
      And no message has reached the address that Ada signs in with
      And no message has reached Bea's e-mail

    @MFA-4 @inferred @api
    Scenario Outline: The request cannot name another recipient
      Given Ada is a user with MFA by e-mail
      When Ada signs in with her password and names another <place> in <field>
      And Ada signs in with her password
      Then a code reaches Ada's e-mail
      And no message has reached the other <place>

      Examples:
        | place | field       |
        | e-mail | address     |
        | e-mail | contact     |
        | e-mail | destination |
        | e-mail | recipient   |
        | e-mail | to          |
        | phone  | phone       |

  Rule: The password stage opens nothing

    @MFA-5 @api
    Scenario Outline: It takes an e-mail address and a password, as for any user
      Given Ada is a user <mfa>
      When Ada signs in with her password on a client that sends nothing else
      Then Ada is <answer> on a client that sends nothing else

      Examples:
        | mfa                | answer           |
        | without MFA        | signed in        |
        | with MFA by e-mail | asked for a code |
        | with MFA by phone  | asked for a code |

    @MFA-6
    Scenario: It answers with a challenge and no access token
      Given Ada is a user with MFA by e-mail
      When Ada signs in with her password
      Then Ada is asked for a code
      And Ada is given no access token

    @MFA-6 @api
    Scenario: Nothing in its answer opens the account
      Given Ada is a user with MFA by e-mail
      When Ada signs in with her password
      Then nothing in the answer opens Ada's account
      When Ada enters the code
      Then something in the answer opens Ada's account

  Rule: The code completes the sign-in

    @MFA-7
    Scenario: The access token opens the account that it was asked for
      Given Ada is a user with MFA by e-mail
      And Bea is a colleague of Ada with MFA by e-mail
      And Ada was asked for a code
      And Bea was asked for a code
      When Ada enters the code
      Then Ada is signed in
      When Bea enters the code
      Then Bea is signed in

    @MFA-14
    Scenario: After signing out, the code is asked for again
      Given Ada is a user with MFA by e-mail
      When Ada signs in with her password
      And Ada enters the code
      Then Ada is signed in
      When Ada signs out
      And Ada signs in with her password
      Then Ada is asked for a code
      When Ada enters the code
      Then Ada is signed in
