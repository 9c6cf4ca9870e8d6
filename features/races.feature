@web-portal
Feature: Many at the same time
  OWASP ASVS 5.0, 15.4.2, and NIST SP 800-63B-4: to check, to count and to use up is one step.

  All requests of a round wait behind a barrier, each with a connection of its own that is open already, and begin
  together. A race that is not lost here was not seen in that many rounds; it may still be there.

  Rule: Every guess is counted

    @LIMIT-2
    Scenario: In 3 rounds, no wrong code of as many at once as end a challenge was seen to go uncounted
      Given Ada is a user with MFA by e-mail
      When in each of 3 rounds Ada enters as many wrong codes at once as end a challenge, and then the code
      Then in no round the code was accepted
      And in each round the code of the next sign-in was accepted

    @LIMIT-2
    Scenario: In 1 round, no wrong password of as many at once as lock an account was seen to go uncounted
      Given Ada is a user without MFA
      When Ada fails her password as often as locks an account, all at once
      And Ada signs in with her password
      Then Ada is refused
      When the lock has passed
      And Ada signs in with her password
      Then Ada is signed in

    @LIMIT-2
    Scenario: Once less than locks an account, all at once, lock nothing
      Given Ada is a user without MFA
      When Ada fails her password once less than locks an account, all at once
      And Ada signs in with her password
      Then Ada is signed in

  Rule: A code is used up by the first who sends it

    @OOB-2
    Scenario: In 3 rounds, no code that was entered 20 times at once was seen to be accepted twice
      Given Ada is a user with MFA by e-mail
      When in each of 3 rounds Ada enters the code 20 times at once
      Then in each round exactly 1 of them was accepted

  Rule: A link is used up by the first who follows it

    @RESET-6
    Scenario: In 3 rounds, no link that was followed 10 times at once was seen to work twice
      Given Ada is a user without MFA
      When in each of 3 rounds Ada asks for a reset link and follows it 10 times at once
      Then in each round exactly 1 of them was accepted
      When Ada signs in with her new password
      Then Ada is signed in
