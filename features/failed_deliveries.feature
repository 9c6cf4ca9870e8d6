@web-portal
Feature: Deliveries that fail
  The suite's decisions: Delivery.

  A mail server or a gateway is down at times. Whoever cannot be sent a code is not let in without one, and nothing that
  was good before is lost by it.

  Rule: A code that cannot be sent is not dispensed with

    @SEND-2 @api
    Scenario Outline: The password alone opens nothing while no code can be sent
      Given Ada is a user with MFA by <channel>
      And nothing can be delivered to Ada
      When Ada signs in with her password
      Then Ada is given no access token
      And nothing in the answer opens Ada's account
      When Ada enters a code that nobody was sent
      Then Ada is not signed in
      When everything can be delivered to Ada again
      And Ada signs in with her password
      Then Ada is asked for a code
      And a code reaches Ada's <channel>
      When Ada enters the code
      Then Ada is signed in

      Examples:
        | channel |
        | e-mail  |
        | phone   |

    @SEND-2
    Scenario: A code that came before does not take its place
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      And nothing can be delivered to Ada
      When Ada signs in with her password on another device
      And Ada enters the first code on another device
      Then Ada is not signed in on another device
      When Ada enters the first code
      Then Ada is signed in

    @SEND-2 @inferred
    Scenario Outline: Whoever cannot be sent a code is told so
      Given Ada is a user with MFA by <channel>
      And nothing can be delivered to Ada
      When Ada signs in with her password
      Then Ada is refused
      When everything can be delivered to Ada again
      And Ada signs in with her password
      Then Ada is asked for a code

      Examples:
        | channel |
        | e-mail  |
        | phone   |

  Rule: A new code that cannot be sent changes nothing

    @SEND-2 @api
    Scenario: To ask for a new code opens nothing while none can be sent
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      And nothing can be delivered to Ada
      When the wait for a new code has passed
      And Ada asks for a new code
      Then Ada is given no access token
      And nothing in the answer opens Ada's account
      When Ada enters a code that nobody was sent
      Then Ada is not signed in
      When everything can be delivered to Ada again
      And Ada signs in with her password
      And Ada enters the code
      Then Ada is signed in

    @SEND-2 @inferred
    Scenario: The code that is on its way stays good
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      And nothing can be delivered to Ada
      When the wait for a new code has passed
      And Ada asks for a new code
      Then Ada is refused
      When Ada enters the code
      Then Ada is signed in

    @SEND-2 @inferred
    Scenario: Another one may be asked for as soon as it can be sent
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      And nothing can be delivered to Ada
      When the wait for a new code has passed
      And Ada asks for a new code
      Then Ada is refused
      When everything can be delivered to Ada again
      And Ada asks for a new code
      Then Ada is asked for a code
      And a code reaches Ada's e-mail
      When Ada enters the code
      Then Ada is signed in

  Rule: Nor does it tell who has an account

    @ENUM-4 @api
    Scenario: A link that cannot be sent is asked for as one for nobody
      Given Ada is a user without MFA
      And nothing can be delivered to Ada
      When Ada asks for a reset link 2 times, beside two addresses that nobody has
      Then the answers do not tell who has an account
      When everything can be delivered to Ada again
      And Ada gives her password, beside two addresses that nobody has
      Then the answers tell who has an account
