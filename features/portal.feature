@web-portal
Feature: The web portal
  Manage multi-factor authentication: how it works, result; WCAG 2.2; OWASP ASVS 5.0.

  "A second screen" asks for the code. These scenarios look at the screens themselves, through a real browser.

  Rule: One field takes the whole code

    @PORTAL-1
    Scenario: The field for the code can be filled in for her
      Given Ada is a user with MFA by e-mail
      When Ada signs in with her password
      Then one field on the screen takes the whole code

    @PORTAL-1
    Scenario: The code can be pasted
      Given Ada is a user with MFA by phone
      And Ada was asked for a code
      When Ada pastes a wrong code
      Then Ada is refused
      When Ada pastes the code
      Then Ada is signed in

  Rule: What is wrong is announced where it is about

    @PORTAL-2
    Scenario: A wrong code
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada enters a wrong code
      Then the screen announces it, and the cursor is in the field for the code
      When Ada enters the code
      Then Ada is signed in

    @PORTAL-2
    Scenario: A wrong password
      Given Ada is a user without MFA
      When Ada signs in with a wrong password
      Then the screen announces it, and the cursor is in the field for the password
      When Ada signs in with her password
      Then Ada is signed in

  Rule: Waits are shown, and kept

    @PORTAL-3
    Scenario: The screen shows what is left
      Given Ada is a user with MFA by e-mail
      When Ada signs in with her password
      Then the screen shows what is left of the code's life
      And the screen shows what is left of the wait for a new code

    @PORTAL-3
    Scenario: Who does not wait is refused, whatever the page thinks
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada asks for a new code
      Then Ada is refused
      When the wait for a new code has passed
      And Ada asks for a new code
      Then Ada is asked for a code
      When Ada enters the code
      Then Ada is signed in

    @PORTAL-3
    Scenario: A code that expires while its page is open
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When the code's life has passed
      And Ada enters the code
      Then Ada is refused
      When Ada asks for a new code
      And Ada enters the code
      Then Ada is signed in

  Rule: No page opens before the code

    @PORTAL-4
    Scenario: Whoever knows the addresses gets nowhere with the password alone
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      Then none of the private pages opens
      When Ada enters the code
      Then some of the private pages open

    @PORTAL-4
    Scenario: A wrong code opens nothing either
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada enters a wrong code
      Then none of the private pages opens

  Rule: The session is the browser's own

    @PORTAL-5
    Scenario: Nobody else gets at what the browser keeps
      Given Ada is a user with MFA by e-mail
      When Ada signs in with her password
      Then what the browser keeps is for the portal alone
      When Ada enters the code
      Then what the browser keeps is for the portal alone

    @PORTAL-5
    Scenario: What another site sends in her name is refused
      Given Ada is a user without MFA
      And Ada is signed in already
      When another site sends what signs Ada out
      Then Ada's open session goes on
      When the portal's own page sends what signs Ada out
      Then Ada's session is over

    @PORTAL-8
    Scenario: A session from before a stage does not sign anybody in
      Given Ada is a user with MFA by e-mail
      When Ada signs in with her password
      And Ada enters the code
      Then what the browser kept before any stage opens nothing
      And what the browser keeps now opens Ada's account

    @PORTAL-9
    Scenario: Signing out leaves nothing on the screen
      Given Ada is a user with MFA by e-mail
      And Ada is signed in already
      And Ada has opened another tab
      When Ada signs out
      Then going back shows nobody signed in
      And the other tab shows nobody signed in when it is loaded again
      When Ada signs in with her password
      And Ada enters the code
      Then the other tab shows somebody signed in when it is loaded again

    @PORTAL-10
    Scenario: Addresses tell nothing
      Given Ada is a user with MFA by e-mail
      When Ada signs in with her password
      And Ada enters a wrong code
      And Ada enters the code
      Then Ada is signed in
      And nothing secret stands in an address

    @PORTAL-11
    Scenario: A code that is sent twice in a row
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada presses twice for the code
      Then Ada is signed in

  Rule: Nobody is kept out by the screens

    @PORTAL-6
    Scenario Outline: Before the sign-in
      Given Ada is a user without MFA
      When Ada goes to the page for <page>
      Then the screen has no barrier

      Examples:
        | page                   |
        | the e-mail address     |
        | the password           |
        | the forgotten password |

    @PORTAL-6
    Scenario: From a wrong password to the profile
      Given Ada is a user with MFA by e-mail
      When Ada signs in with a wrong password
      Then the screen has no barrier
      When Ada signs in with her password
      Then the screen has no barrier
      When Ada enters a wrong code
      Then the screen has no barrier
      When Ada enters the code
      Then the screen has no barrier
      When Ada signs out
      Then the screen has no barrier

    @PORTAL-6
    Scenario: A new password
      Given Ada is a user without MFA
      And Ada has a reset link
      When Ada opens the link
      Then the screen has no barrier
      When Ada follows the link and chooses a new password
      Then the screen has no barrier

    @PORTAL-6
    Scenario: A suspended user
      Given Ada is a suspended user without MFA
      When Ada signs in with her password
      Then the screen has no barrier
