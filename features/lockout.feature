@web-portal @servinix-go @PORTAL-7
Feature: Refused and locked out
  Can't sign in; account lockout.

  Rule: A wrong e-mail address or a wrong password is refused

    @SIGNIN-1
    Scenario Outline: A wrong password is refused
      Given Ada is a user <mfa>
      When Ada signs in with a wrong password
      Then Ada is refused
      And Ada is not signed in

      Examples:
        | mfa                |
        | with MFA by e-mail |
        | without MFA        |

    @SIGNIN-1
    Scenario Outline: A password that is almost right is refused
      Given Ada is a user without MFA
      When Ada signs in with <password>
      Then Ada is refused
      And Ada is not signed in
      When Ada signs in with her password
      Then Ada is signed in

      Examples:
        | password                                |
        | her password and a character more       |
        | her password without its last character |
        | her password in capitals                |

    @SIGNIN-1
    Scenario: An e-mail address that nobody has is refused
      Given Ada is a user without MFA
      When Ada signs in with an e-mail address that nobody has
      Then Ada is refused
      And Ada is not signed in

    @SIGNIN-1 @inferred
    Scenario Outline: Nothing is sent for a wrong password
      Given Ada is a user with MFA by <channel>
      When Ada signs in with a wrong password
      Then Ada is refused
      And no message has reached Ada's <channel>
      When Ada signs in with her password
      Then a code reaches Ada's <channel>

      Examples:
        | channel |
        | e-mail  |
        | phone   |

    @SIGNIN-2
    Scenario Outline: Only the exact e-mail address is accepted
      Given Ada is a user without MFA
      When Ada signs in with her address <written>
      Then Ada is refused
      And Ada is not signed in
      When Ada signs in with her password
      Then Ada is signed in

      Examples:
        | written                |
        | in capitals            |
        | with a capital domain  |
        | with a blank after it  |
        | with a tag             |
        | with a dotless i       |
        | with a long s          |
        | with a Kelvin sign     |
        | in full-width letters  |

    @LOCK-4
    Scenario Outline: A suspended account cannot sign in
      Given Ada is a suspended user <mfa>
      When Ada signs in with her password
      Then Ada is refused
      And Ada is not signed in

      Examples:
        | mfa                |
        | without MFA        |
        | with MFA by e-mail |

  Rule: Failed passwords in a row lock the account for a time

    @LOCK-1
    Scenario Outline: As many failed passwords as it takes
      Given Ada is a user <mfa>
      When Ada fails her password as often as locks an account
      And Ada signs in with her password
      Then Ada is refused
      And Ada is not signed in

      Examples:
        | mfa                |
        | without MFA        |
        | with MFA by e-mail |

    @LOCK-1
    Scenario Outline: One failed password fewer
      Given Ada is a user <mfa>
      When Ada fails her password once less than locks an account
      And Ada signs in with her password
      Then Ada is <answer>

      Examples:
        | mfa                | answer           |
        | without MFA        | signed in        |
        | with MFA by e-mail | asked for a code |

    @LOCK-1
    Scenario: Only failures in a row count
      Given Ada is a user without MFA
      When Ada fails her password once less than locks an account
      And Ada signs in with her password
      Then Ada is signed in
      When Ada fails her password once less than locks an account
      And Ada signs in with her password
      Then Ada is signed in

    @LOCK-2
    Scenario Outline: The right password is refused while the account is locked
      Given Ada is a user <mfa>
      When Ada fails her password as often as locks an account
      And a third of the lock has passed
      And Ada signs in with her password
      Then Ada is refused
      And Ada is not signed in

      Examples:
        | mfa                |
        | without MFA        |
        | with MFA by phone  |

    @LOCK-2 @inferred
    Scenario: The right code is refused while the account is locked
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada fails her password as often as locks an account on another device
      And Ada enters the code
      Then Ada is refused
      And Ada is not signed in

    @LOCK-2 @inferred
    Scenario: The right code works while the account is not locked yet
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada fails her password once less than locks an account on another device
      And Ada enters the code
      Then Ada is signed in

  Rule: The lock ends by itself, 15 to 30 minutes after it began

    @LOCK-3 @POLICY-1
    Scenario: It lasts to its last second
      Given Ada is a user without MFA
      And Ada has failed her password as often as locks an account
      When all but 1 second of the lock has passed
      And Ada signs in with her password
      Then Ada is refused

    @LOCK-3 @POLICY-1
    Scenario Outline: It ends by itself
      Given Ada is a user <mfa>
      And Ada has failed her password as often as locks an account
      When the lock has passed
      And Ada signs in with her password
      Then Ada is <answer>

      Examples:
        | mfa                | answer           |
        | without MFA        | signed in        |
        | with MFA by e-mail | asked for a code |

    @LOCK-3
    Scenario: It lasts 15 minutes at the least
      Given Ada is a user without MFA
      And Ada has failed her password as often as locks an account
      When all but 1 second of 15 minutes has passed
      And Ada signs in with her password
      Then Ada is refused

    @LOCK-3
    Scenario: It lasts 30 minutes at the most
      Given Ada is a user without MFA
      And Ada has failed her password as often as locks an account
      When 30 minutes have passed
      And Ada signs in with her password
      Then Ada is signed in

    @LOCK-3 @LIMIT-4
    Scenario: It is counted from when it began, whatever is tried meanwhile
      Given Ada is a user without MFA
      And Ada has failed her password as often as locks an account
      When a third of the lock has passed
      And Ada signs in with a wrong password
      And two thirds of the lock have passed
      And Ada signs in with her password
      Then Ada is refused
      When the lock has passed
      And Ada signs in with her password
      Then Ada is signed in
