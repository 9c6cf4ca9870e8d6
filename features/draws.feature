@web-portal
Feature: How codes are drawn
  NIST SP 800-63B-4, 3.1.3.2; OWASP ASVS 5.0, 6.5.3 and 6.5.4.

  Six digits or more, all of them equally likely, anew for each sign-in. Whether codes are drawn at random is seen in many of
  them alone, and chance can look like a pattern: the first scenario raises a false alarm once in 1.1 million runs, the second
  once in 20 million.

  @OOB-3
  Scenario: A code may begin with a zero, which belongs to it
    Given Ada is a user with MFA by e-mail
    When Ada signs in until her code begins with a zero, 132 times at the most
    And Ada enters the code without its first zero
    Then Ada is refused
    And Ada is given no access token
    When Ada enters the code
    Then Ada is signed in

  @OOB-3
  Scenario: Codes of two users at the same time are not foretold by each other
    Given Ada is a user with MFA by e-mail
    And Bea is a user with MFA by e-mail
    When Ada and Bea sign in by turns, 10 times each
    Then the codes of Ada and Bea are not the same ones
    And no code of Ada or Bea follows from the one before
    And at each place of the codes of Ada and Bea 4 digits were seen at the least

  @OOB-3
  Scenario: No code works that was not sent
    Given Ada is a user with MFA by phone
    When Ada tries the codes that are often left in for tests, and in each sign-in then the code
    Then none of them but the code was accepted
