@web-portal
Feature: What Support does is closed to others
  OWASP ASVS 5.0: 8.2, 6.4.4, 6.3.7; NIST SP 800-63B-4: 4.6.

  Support looks users up, switches MFA on and off, and unlocks. Whoever else tries it changes nothing and learns nothing.

  Rule: It is closed to users, to other organizations' administrators and to strangers

    @ADMIN-1
    Scenario Outline: Nobody else looks a user up
      Given Ada is a user with MFA by phone
      And Bea is a colleague of Ada without MFA
      And Bea is signed in already
      And Ben is a user without MFA, of another organization than Ada's
      And Tom is an administrator of Ben's organization
      And Zoe is a colleague of Ada without MFA
      When <who> looks Ada up
      Then <who> is shown nothing about Ada
      When Support looks Ada up
      Then Support is shown the record of Ada

      Examples:
        | who |
        | Bea |
        | Tom |
        | Zoe |

    @ADMIN-1
    Scenario Outline: Nobody else switches MFA on
      Given Ada is a user without MFA
      And Bea is a colleague of Ada without MFA
      And Bea is signed in already
      And Zoe is a colleague of Ada without MFA
      When <who> switches MFA on for Ada by e-mail
      Then the change is refused
      And Ada's record shows MFA as inactive
      When Ada signs in with her password
      Then Ada is signed in
      When Support switches MFA on for Ada by e-mail
      Then the change is made

      Examples:
        | who |
        | Bea |
        | Zoe |

    @ADMIN-1
    Scenario: An administrator switches MFA on in no organization but the own
      Given Ada is a user without MFA
      And Ben is a user without MFA, of another organization than Ada's
      And Tom is an administrator of Ben's organization
      When Tom switches MFA on for Ada by e-mail
      Then the change is refused
      And Ada's record shows MFA as inactive
      When Ada signs in with her password
      Then Ada is signed in
      When Tom switches MFA on for Ben by e-mail
      Then the change is made

    @ADMIN-1
    Scenario Outline: Nobody else switches MFA off
      Given Ada is a user with MFA by e-mail
      And Bea is a colleague of Ada without MFA
      And Bea is signed in already
      And Ben is a user without MFA, of another organization than Ada's
      And Tom is an administrator of Ben's organization
      And Zoe is a colleague of Ada without MFA
      When <who> switches MFA off for Ada
      Then the change is refused
      And Ada's record shows MFA as active
      When Ada signs in with her password
      Then Ada is asked for a code
      When Support switches MFA off for Ada
      Then the change is made

      Examples:
        | who |
        | Bea |
        | Tom |
        | Zoe |

    @ADMIN-1
    Scenario Outline: Nobody else unlocks
      Given Ada is a user without MFA
      And Bea is a colleague of Ada without MFA
      And Bea is signed in already
      And Ben is a user without MFA, of another organization than Ada's
      And Tom is an administrator of Ben's organization
      And Zoe is a colleague of Ada without MFA
      And Ada has failed her password as often as locks an account
      When <who> unlocks Ada
      Then the change is refused
      When Ada signs in with her password
      Then Ada is refused
      When Support unlocks Ada
      Then the change is made
      When Ada signs in with her password
      Then Ada is signed in

      Examples:
        | who |
        | Bea |
        | Tom |
        | Zoe |

    @ADMIN-1
    Scenario: Those who are locked out cannot unlock themselves
      Given Ada is a user without MFA
      And Ada is signed in already
      And Ada has failed her password as often as locks an account
      When Ada unlocks Ada
      Then the change is refused
      When Ada signs in with her password
      Then Ada is refused
      When Support unlocks Ada
      And Ada signs in with her password
      Then Ada is signed in

  Rule: Support makes sure of the identity, and says so

    @ADMIN-2
    Scenario Outline: MFA is not switched off unless the check is on record
      Given Ada is a user with MFA by phone
      When Support switches MFA off for Ada <unverified>
      Then the change is refused
      And Ada's record shows MFA as active
      When Ada signs in with her password
      Then Ada is asked for a code
      When Support switches MFA off for Ada
      Then the change is made
      And Ada's record shows MFA as inactive

      Examples:
        | unverified                    |
        | without verifying who asks    |
        | without a word about who asks |

    @ADMIN-2
    Scenario Outline: Nobody is unlocked unless the check is on record
      Given Ada is a user with MFA by e-mail
      And Ada has failed her password as often as locks an account
      When Support unlocks Ada <unverified>
      Then the change is refused
      When Ada signs in with her password
      Then Ada is refused
      When Support unlocks Ada
      Then the change is made
      When Ada signs in with her password
      Then Ada is asked for a code

      Examples:
        | unverified                    |
        | without verifying who asks    |
        | without a word about who asks |

  Rule: Users are told of a change

    @ADMIN-3
    Scenario Outline: When MFA is switched on
      Given Ada is a user without MFA
      And Ada has read her messages
      When Support switches MFA on for Ada by <channel>
      Then the change is made
      And a notice reaches Ada

      Examples:
        | channel |
        | e-mail  |
        | phone   |

    @ADMIN-3
    Scenario: When MFA is switched off
      Given Ada is a user with MFA by phone
      And Ada has read her messages
      When Support switches MFA off for Ada
      Then the change is made
      And a notice reaches Ada

    @ADMIN-3
    Scenario: When the password is reset
      Given Ada is a user with MFA by e-mail
      And Ada has a reset link
      And Ada has read her messages
      When Ada follows the link and chooses a new password
      Then the change is made
      And a notice reaches Ada

    @ADMIN-3
    Scenario: When the account is unlocked
      Given Ada is a user without MFA
      And Ada has failed her password as often as locks an account
      And Ada has read her messages
      When Support unlocks Ada
      Then the change is made
      And a notice reaches Ada
