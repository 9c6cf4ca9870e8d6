@web-portal
Feature: What a code is good for
  NIST SP 800-63B-4, OWASP ASVS 5.0, OWASP Multifactor Authentication Cheat Sheet.

  A code is for one sign-in of one person, for once, and until a newer one comes. A code that is drawn at random equals
  another one by chance once in a million times: that is how often a scenario with two codes raises a false alarm.

  Rule: A new code takes the place of the old one

    @OOB-9
    Scenario Outline: The old code is dead once a new one was sent
      Given Ada is a user with MFA by <channel>
      And Ada was asked for a code
      When the wait for a new code has passed
      And Ada asks for a new code
      Then Ada is asked for a code
      When Ada enters the earlier code
      Then Ada is refused
      And Ada is not signed in
      When Ada enters the code
      Then Ada is signed in

      Examples:
        | channel |
        | e-mail  |
        | phone   |

    @OOB-9
    Scenario: The old code stays dead when a third one was sent
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When the wait for a new code has passed
      And Ada asks for a new code
      And the wait for a new code has passed
      And Ada asks for a new code
      Then Ada is asked for a code
      When Ada enters the first code
      Then Ada is refused
      And Ada is not signed in
      When Ada enters the code
      Then Ada is signed in

    @OOB-9
    Scenario: The first code goes on working where no new one was sent
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When the wait for a new code has passed
      And Ada enters the code
      Then Ada is signed in

  Rule: A code is for one sign-in of one person

    @OOB-5
    Scenario: The code of somebody else is refused
      Given Ada is a user with MFA by e-mail
      And Bea is a colleague of Ada with MFA by e-mail
      And Ada was asked for a code
      And Bea was asked for a code
      When Ada enters Bea's code
      Then Ada is refused
      And Ada is not signed in
      When Bea enters the code
      Then Bea is signed in
      When Ada enters the code
      Then Ada is signed in

    @OOB-5
    Scenario: The code of an earlier sign-in is refused in a later one
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada signs in with her password on another device
      Then Ada is asked for a code on another device
      When Ada enters the earlier code on another device
      Then Ada is refused
      And Ada is not signed in on another device
      When Ada enters the code on another device
      Then Ada is signed in on another device

    @OOB-5
    Scenario: The code of a later sign-in is refused in an earlier one
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada signs in with her password on another device
      Then Ada is asked for a code on another device
      When Ada enters the newest code
      Then Ada is refused
      And Ada is not signed in
      When Ada enters the code on another device
      Then Ada is signed in on another device

  Rule: A code lives ten minutes at the most

    @OOB-1
    Scenario: The life that is declared is no longer
      Given Ada is a user with MFA by e-mail
      When Ada signs in with her password
      Then Ada is told that the code lives 10 minutes at the most

    @OOB-1
    Scenario: The life that is declared is kept to
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When the code's life has passed
      And Ada enters the code
      Then Ada is refused
      And Ada is not signed in
      When Ada signs in with her password
      And Ada enters the code
      Then Ada is signed in

  Rule: A code is good for once

    @OOB-2
    Scenario Outline: A code that was used is refused in the same sign-in
      Given Ada is a user with MFA by <channel>
      And Ada was asked for a code
      When Ada enters the code
      Then Ada is signed in
      When Ada enters the code
      Then Ada is refused
      And Ada is given no access token

      Examples:
        | channel |
        | e-mail  |
        | phone   |

    @OOB-2
    Scenario: A code that was used is refused in the next sign-in
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada enters the code
      Then Ada is signed in
      When Ada signs in with her password on another device
      Then Ada is asked for a code on another device
      When Ada enters the earlier code on another device
      Then Ada is refused
      And Ada is not signed in on another device
      When Ada enters the code on another device
      Then Ada is signed in on another device

  Rule: A code comes by a way of its own

    @OOB-10
    Scenario: No code comes by e-mail
      Given Ada is a user with MFA by e-mail
      When Ada signs in with her password
      Then no code has reached Ada's e-mail

    @OOB-11
    Scenario: No code comes by phone
      Given Ada is a user with MFA by phone
      When Ada signs in with her password
      Then no code has reached Ada's phone
