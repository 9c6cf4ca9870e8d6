@web-portal
Feature: Guessing
  NIST SP 800-63B-4, 3.1.3.2 and 3.2.2; OWASP ASVS 5.0, 6.6.3; RFC 4226, 7.3.

  Six digits are soon guessed, unless few guesses are allowed and none of them is forgotten. Each row of wrong guesses
  ends with the right one: that alone shows whether they were counted.

  Rule: A few wrong codes end a challenge

    @OOB-12
    Scenario: As many wrong codes as it takes end a challenge
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      And Ada has failed the code as often as ends a challenge
      When Ada enters the code
      Then Ada is refused
      And Ada is not signed in
      When Ada signs in with her password
      And Ada enters the code
      Then Ada is signed in

    @OOB-12
    Scenario: One wrong code fewer ends no challenge
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      And Ada has failed the code once less than ends a challenge
      When Ada enters the code
      Then Ada is signed in

  Rule: A new code does not reset the count

    @OOB-4
    Scenario: A new code gives a challenge no new guesses
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      And Ada has failed the code once less than ends a challenge
      And Ada was sent a new code once the wait had passed
      When Ada enters a wrong code
      And Ada enters the code
      Then Ada is refused
      And Ada is not signed in
      When Ada signs in with her password
      And Ada enters the code
      Then Ada is signed in

    @OOB-4
    Scenario: A new code works where the challenge has a guess left
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      And Ada has failed the code once less than ends a challenge
      And Ada was sent a new code once the wait had passed
      When Ada enters the code
      Then Ada is signed in

    @OOB-4
    Scenario: A new code gives an account no new guesses
      Given Ada is a user with MFA by phone
      And Ada has failed the code once less than locks an account
      And Ada was sent a new code once the wait had passed
      When Ada fails the code once more
      And Ada signs in with her password
      Then Ada is refused

  Rule: Guesses are limited for each account

    @OOB-6
    Scenario: As many wrong codes as it takes, over several challenges, lock the account
      Given Ada is a user with MFA by e-mail
      And Ada has failed the code once less than locks an account
      When Ada fails the code once more
      And Ada enters the code
      Then Ada is refused
      And Ada is not signed in
      When Ada signs in with her password
      Then Ada is refused

    @OOB-6
    Scenario: One wrong code fewer locks nothing
      Given Ada is a user with MFA by e-mail
      And Ada has failed the code once less than locks an account
      When Ada enters the code
      Then Ada is signed in

    @OOB-6
    Scenario: Wrong codes at both clients are counted together
      Given Ada is a user with MFA by e-mail
      And Ada has failed the code once less than locks an account
      And Ada was asked for a code on Servinix Go
      When Ada fails the code once more on Servinix Go
      And Ada enters the code on Servinix Go
      Then Ada is refused
      When Ada signs in with her password
      Then Ada is refused

    @OOB-6
    Scenario: Wrong passwords in between do not reset the count of wrong codes
      Given Ada is a user with MFA by e-mail
      And Ada has failed the code once less than locks an account
      When Ada fails her password once less than locks an account
      And Ada signs in with her password
      And Ada fails the code once more
      And Ada signs in with her password
      Then Ada is refused

  Rule: A full sign-in clears the count, half of one does not

    @OOB-8
    Scenario: A full sign-in clears the count of wrong codes
      Given Ada is a user with MFA by e-mail
      And Ada has failed the code once less than locks an account
      When Ada enters the code
      Then Ada is signed in
      When Ada fails the code once less than locks an account
      And Ada enters the code
      Then Ada is signed in

    @OOB-8
    Scenario: A full sign-in clears the count of wrong passwords
      Given Ada is a user with MFA by e-mail
      And Ada has failed her password once less than locks an account
      When Ada signs in with her password
      And Ada enters the code
      Then Ada is signed in
      When Ada fails her password once less than locks an account
      And Ada signs in with her password
      And Ada enters the code
      Then Ada is signed in

    @OOB-8
    Scenario: The right password alone does not clear the count of wrong passwords
      Given Ada is a user with MFA by e-mail
      And Ada has failed her password once less than locks an account
      When Ada signs in with her password
      Then Ada is asked for a code
      When Ada fails her password once more
      And Ada signs in with her password
      Then Ada is refused

    @OOB-8
    Scenario: The right password alone does not clear the count of wrong codes
      Given Ada is a user with MFA by e-mail
      And Ada has failed the code once less than locks an account
      When Ada signs in with her password
      Then Ada is asked for a code
      When Ada fails the code once more
      And Ada signs in with her password
      Then Ada is refused

  Rule: After a hundred wrong codes in a row there is no way in but recovery

    @OOB-7
    Scenario: The number that is declared is a hundred at the most
      Given Ada is a user with MFA by e-mail
      Then recovery is asked of Ada after 100 wrong codes at the most

    @OOB-7
    Scenario: Wrong codes are counted on, whatever locks have passed
      Given Ada is a user with MFA by e-mail
      And Ada has failed the code once less than asks for recovery, while each lock passed
      When Ada signs in with her password
      Then Ada is asked for a code
      When Ada fails the code once more
      And the lock has passed
      And Ada signs in with her password
      Then Ada is refused
      When Support unlocks Ada
      And Ada signs in with her password
      And Ada enters the code
      Then Ada is signed in
