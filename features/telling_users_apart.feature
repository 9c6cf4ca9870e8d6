@web-portal
Feature: Telling users apart
  OWASP ASVS 5.0, 6.3.8, and OWASP Forgot Password Cheat Sheet.

  Whoever does not know a password learns nothing of who has an account: not from an answer, and not from a sequence of
  them. Each deed of a user is done for two addresses too that nobody has. What varies from one of these to the other
  varies by itself, and does not count.

  Rule: An unknown address and a wrong password get the same answer

    @ENUM-1 @api
    Scenario Outline: A wrong password is answered as an address that nobody has
      Given Ada is a user <mfa>
      When Ada fails her password 2 times, beside two addresses that nobody has
      Then the answers do not tell who has an account
      When Ada gives her password, beside two addresses that nobody has
      Then the answers tell who has an account

      Examples:
        | mfa                |
        | without MFA        |
        | with MFA by e-mail |
        | with MFA by phone  |

    @ENUM-1 @api
    Scenario: That an account is suspended is told to nobody who does not know its password
      Given Ada is a suspended user without MFA
      When Ada fails her password 1 time, beside two addresses that nobody has
      Then the answers do not tell who has an account
      When Ada gives her password, beside two addresses that nobody has
      Then the answers tell who has an account

  Rule: They get it after the same time

    A difference counts that 50 of 60 pairs agree on (89 of 120, 126 of 180), each by more than 0.3 ms and by more than a
    tenth of the time. Each of the two scenarios takes chance for one less than once in 2 million runs. What is smaller is
    not seen; the report tells how small a difference would have been. Where that is more than a password hash takes, it is
    not a pass: the times vary too much.

    @ENUM-2 @api
    Scenario Outline: The time of an answer does not tell who has an account
      Given 60 people are users <mfa>
      When each of them fails her password twice, beside an address that nobody has
      And as many more do so, and again as many, as long as the times vary too much
      Then the last of them can still sign in
      And the times do not tell who has an account

      Examples:
        | mfa                |
        | without MFA        |
        | with MFA by e-mail |

  Rule: The way into the lock is the same

    @ENUM-3 @api
    Scenario Outline: An address that nobody has is locked as an account is
      Given Ada is a user <mfa>
      And Ada is signed in already
      When Ada fails her password until she is locked out, beside two addresses that nobody has
      Then at no point the answers tell who has an account
      When Ada signs in with her password
      Then Ada is refused

      Examples:
        | mfa                |
        | without MFA        |
        | with MFA by e-mail |

  Rule: A request for a reset link tells nothing

    @ENUM-4 @api
    Scenario Outline: A link for a user is asked for as one for nobody
      Given Ada is a user <mfa>
      When Ada asks for a reset link 2 times, beside two addresses that nobody has
      Then the answers do not tell who has an account
      And a reset link reaches the address that Ada signs in with

      Examples:
        | mfa                |
        | without MFA        |
        | with MFA by e-mail |

    @ENUM-4 @api
    Scenario: A link for a suspended user is asked for as one for nobody
      Given Ada is a suspended user without MFA
      When Ada asks for a reset link 2 times, beside two addresses that nobody has
      Then the answers do not tell who has an account
      When Ada gives her password, beside two addresses that nobody has
      Then the answers tell who has an account
