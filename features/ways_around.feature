@web-portal
Feature: Ways around the two stages
  OWASP ASVS 5.0, chapters 2, 6 and 9, and RFC 8725.

  A sign-in has two stages, in this order, for one person. Nothing that is sent otherwise leads past one of them.

  Rule: An mfa_token is no access token, and an access token is no mfa_token

    @TOKEN-1 @api
    Scenario Outline: An mfa_token opens nothing, neither before its sign-in is complete nor after
      Given Ada is a user with MFA by <channel>
      And Ada was asked for a code
      When Ada opens her profile with her mfa_token in place of an access token
      Then Ada is refused
      When Ada enters the code
      Then Ada is signed in
      When Ada opens her profile with her mfa_token in place of an access token
      Then Ada is refused
      When Ada opens her profile
      Then Ada's profile is shown

      Examples:
        | channel |
        | e-mail  |
        | phone   |

    @TOKEN-1 @api
    Scenario: An access token does not go on with a sign-in
      Given Ada is a user with MFA by e-mail
      And Ada is signed in already
      And Ada was asked for a code
      When Ada enters the code with her access token in place of an mfa_token
      Then nothing is opened for Ada
      When Ada enters the code
      Then Ada is signed in

    @TOKEN-1 @api
    Scenario: An access token does not ask for a new code
      Given Ada is a user with MFA by e-mail
      And Ada is signed in already
      And Ada was asked for a code
      When the wait for a new code has passed
      And Ada asks for a new code with her access token in place of an mfa_token
      Then nothing is opened for Ada
      When Ada asks for a new code
      Then Ada is asked for a code
      When Ada enters the code
      Then Ada is signed in

  Rule: No stage is skipped, reordered, or mixed between users

    @PATH-3 @api
    Scenario Outline: Whoever is named with the code, it signs in the one whose code it is
      Given Eve is a user with MFA by e-mail
      And Ada is a colleague of Eve with MFA by e-mail
      And Eve was asked for a code
      When Eve enters the code and names Ada in <field>
      Then nobody but Eve is signed in
      When Eve signs in with her password
      And Eve enters the code
      Then Eve is signed in

      Examples:
        | field    |
        | email    |
        | username |
        | user_id  |
        | sub      |

    @PATH-3 @api
    Scenario Outline: Whoever is named with the password, it signs in the one whose address it came with
      Given Eve is a user without MFA
      And Ada is a colleague of Eve without MFA
      When Eve signs in with her password and names Ada in <field>
      Then nobody but Eve is signed in
      When Eve signs in with her password
      Then Eve is signed in

      Examples:
        | field    |
        | username |
        | user_id  |
        | sub      |

    @PATH-3 @api
    Scenario Outline: To name somebody is no password stage
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada enters the code on another device and names Ada in <field>
      Then nothing is opened for Ada
      When Ada enters the code
      Then Ada is signed in

      Examples:
        | field   |
        | email   |
        | user_id |

    @PATH-3 @api
    Scenario Outline: Without the password stage nobody is sent a code
      Given Ada is a user with MFA by e-mail
      When Ada asks for a new code on another device and names Ada in <field>
      Then nothing is opened for Ada
      And no message has reached Ada's e-mail
      When Ada signs in with her password
      Then a code reaches Ada's e-mail

      Examples:
        | field   |
        | email   |
        | user_id |

    @PATH-3 @api
    Scenario Outline: An mfa_token that stands for nothing stands for no sign-in
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada enters the code with an mfa_token <form>
      Then nothing is opened for Ada
      When Ada enters the code
      Then Ada is signed in

      Examples:
        | form             |
        | as nothing       |
        | as an empty text |
        | as true          |
        | as a wildcard    |
        | as a query       |
        | as an object that is unlike anything |

    @PATH-3
    Scenario: A sign-in that is complete does not begin again
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada enters the code
      Then Ada is signed in
      When the wait for a new code has passed
      And Ada asks for a new code
      Then nothing is opened for Ada
      When Ada signs in with her password
      And Ada enters the code
      Then Ada is signed in

  Rule: Every way in is equally strong

    @PATH-1 @api
    Scenario Outline: Whatever a request claims of itself, both stages are needed
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada's device claims <header>: <claim>
      And Ada opens her profile without an access token
      Then nothing is opened for Ada
      When Ada enters a wrong code
      Then nothing is opened for Ada
      When Ada signs in with a wrong password
      Then nothing is opened for Ada
      When Ada signs in with her password
      Then Ada is given no access token
      When Ada signs in with her password on another device
      Then Ada is asked for a code on another device
      When Ada enters the code on another device
      Then Ada is signed in on another device

      Examples:
        | header                 | claim               |
        | X-Forwarded-For        | 127.0.0.1           |
        | X-Real-IP              | 127.0.0.1           |
        | Forwarded              | for=127.0.0.1       |
        | X-Forwarded-Host       | localhost           |
        | X-Forwarded-User       | her address         |
        | X-Remote-User          | her address         |
        | X-HTTP-Method-Override | GET                 |
        | X-MFA-Verified         | true                |
        | X-Internal-Request     | true                |
        | Cookie                 | trusted_device=true |
        | Origin                 | http://localhost    |
        | User-Agent             | curl/8.5.0          |
        | User-Agent             | ServinixGo/0.1      |
        | User-Agent             | kube-probe/1.30     |

    @PATH-1 @api
    Scenario Outline: Whatever client is named, both stages are needed
      Given Ada is a user with MFA by e-mail
      When Ada signs in with her password as the client <client>
      Then Ada is given no access token
      When Ada signs in with her password
      Then Ada is asked for a code
      When Ada enters the code
      Then Ada is signed in

      Examples:
        | client      |
        | web-portal  |
        | servinix-go |
        | admin       |
        | internal    |
        | legacy      |

    @PATH-1 @api
    Scenario Outline: Whatever the method, both stages are needed
      Given Ada is a user with MFA by e-mail
      When Ada sends her password <sent>
      Then Ada is given no access token
      When Ada signs in with her password
      Then Ada is asked for a code
      When Ada enters the code
      Then Ada is signed in

      Examples:
        | sent                                   |
        | by PUT                                 |
        | by PATCH                               |
        | in the address of a request that reads |
        | as a form                              |
