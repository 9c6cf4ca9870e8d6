@web-portal
Feature: Promised numbers
  OWASP ASVS 5.0, 2.3.2 and 6.1.1; RFC 6585, section 4.

  A number that an answer or the published policy tells is kept to the second, on both sides of it. Those of codes, links
  and locks are held to where the help pages speak of them, that of a challenge with what ends.

  Rule: What an answer tells is kept

    @POLICY-1
    Scenario Outline: An access token works until the last second of its life
      Given Ada is a user <mfa>
      And Ada is signed in already
      When all but 1 second of the session's life has passed
      Then Ada's open session goes on

      Examples:
        | mfa                |
        | with MFA by e-mail |
        | without MFA        |

    @POLICY-1
    Scenario Outline: An access token is dead once its life is over
      Given Ada is a user <mfa>
      And Ada is signed in already
      When the session's life has passed
      Then Ada's session is over

      Examples:
        | mfa                |
        | with MFA by e-mail |
        | without MFA        |

    @POLICY-1
    Scenario: A new code is to be had after the wait that is told, and not before
      Given Ada is a user with MFA by e-mail
      When Ada signs in with her password
      Then Ada is asked for a code
      And Ada is told how much of the wait for a new code is left
      When all but 1 second of the wait for a new code has passed
      And Ada asks for a new code
      Then Ada is refused
      When the wait for a new code has passed
      And Ada asks for a new code
      Then Ada is asked for a code

    @POLICY-1
    Scenario: With a new code, what is told of the challenge's life is what is left of it
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When a third of the challenge's life has passed
      And Ada asks for a new code
      Then Ada is asked for a code
      And Ada is told how much of the challenge's life is left
      When all but 1 second of the challenge's life has passed
      And Ada asks for a new code
      Then Ada is asked for a code
      When the challenge's life has passed
      And Ada enters the code
      Then Ada is refused
      And Ada is not signed in

  Rule: What an answer tells is what is published

    @POLICY-1
    Scenario Outline: An answer tells the published number
      Given Ada is a user with MFA by e-mail
      When Ada signs in with her password
      Then Ada is asked for a code
      And Ada is told of <span> what is published

      Examples:
        | span                    |
        | the code's life         |
        | the wait for a new code |
        | the challenge's life    |

    @POLICY-1
    Scenario: An access token's answer tells the published number
      Given Ada is a user without MFA
      When Ada signs in with her password
      Then Ada is given an access token
      And Ada is told of the session's life what is published

  Rule: A wait says how long it is, and waiting that long works

    @LIMIT-3
    Scenario Outline: During a lock
      Given Ada is a user <mfa>
      And Ada has failed <what> as often as locks an account
      When a third of the lock has passed
      And Ada signs in with her password
      Then Ada is refused
      And Ada is told how much of the lock is left
      When all but 1 second of the lock has passed
      And Ada signs in with her password
      Then Ada is refused
      And Ada is told how much of the lock is left
      When the lock has passed
      And Ada signs in with her password
      Then Ada is <answer>

      Examples:
        | mfa                | what         | answer           |
        | without MFA        | her password | signed in        |
        | with MFA by e-mail | her password | asked for a code |
        | with MFA by e-mail | the code     | asked for a code |

    @LIMIT-3
    Scenario: Before a new code
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When a third of the wait for a new code has passed
      And Ada asks for a new code
      Then Ada is refused
      And Ada is told how much of the wait for a new code is left
      When all but 1 second of the wait for a new code has passed
      And Ada asks for a new code
      Then Ada is refused
      And Ada is told how much of the wait for a new code is left
      When the wait for a new code has passed
      And Ada asks for a new code
      Then Ada is asked for a code

  Rule: Attempts during a lock do not extend it

    @LIMIT-4
    Scenario Outline: As many failed passwords during it as would begin another
      Given Ada is a user <mfa>
      And Ada has failed her password as often as locks an account
      When two thirds of the lock have passed
      And Ada goes on failing her password as often as locks an account
      Then Ada is refused
      When the lock has passed
      And Ada signs in with her password
      Then Ada is <answer>

      Examples:
        | mfa                | answer           |
        | without MFA        | signed in        |
        | with MFA by e-mail | asked for a code |

    @LIMIT-4
    Scenario: The right password during a lock that wrong codes began
      Given Ada is a user with MFA by e-mail
      And Ada has failed the code as often as locks an account
      When two thirds of the lock have passed
      And Ada signs in with her password
      And the lock has passed
      And Ada signs in with her password
      Then Ada is asked for a code
      When Ada enters the code
      Then Ada is signed in
