@web-portal
Feature: Errors
  OWASP ASVS 5.0, chapter 16, and RFC 9457, section 5.

  Whatever is sent, the server refuses it and goes on. What it says then is of use to whoever sent it, and to nobody who
  wants to know how the server is built: no stack trace, no exception, no query, no file, no version.

  Rule: What cannot be read is refused, and tells nothing of the inside

    @LEAK-2 @api
    Scenario Outline: A body that is none
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada sends <body> wherever a body is read
      And Ada enters the code
      Then Ada is signed in
      And the server has failed at nothing that Ada sent
      And no answer to Ada tells of the inside of the server

      Examples:
        | body                             |
        | half a body                      |
        | an empty body                    |
        | a body that is no JSON           |
        | a body that is a list            |
        | a body that is nothing           |
        | a body that is no UTF-8          |
        | a body with a number without end |
        | a body that is nested without end |

    @LEAK-2 @api
    Scenario Outline: A text that is like no other
      Given Ada is a user with MFA by e-mail
      When Ada sends <text> wherever a text is read
      And Ada signs in with <text> in place of her password
      And Ada signs in with her password
      And Ada enters <text> in place of the code
      And Ada enters the code
      Then Ada is signed in
      And the server has failed at nothing that Ada sent
      And no answer to Ada tells of the inside of the server

      Examples:
        | text             |
        | U+0000           |
        | half a character |
        | 5,000 letters    |
        | other scripts    |
        | half a query     |
        | a template       |
        | a path           |

    @LEAK-2 @api
    Scenario Outline: An access token that is none
      Given Ada is a user without MFA
      When Ada comes with <token> in place of an access token
      Then nothing is opened for Ada
      When Ada signs in with her password
      Then Ada is signed in
      And the server has failed at nothing that Ada sent
      And no answer to Ada tells of the inside of the server

      Examples:
        | token                               |
        | nothing                             |
        | two dots                            |
        | half a token                        |
        | a token of lists                    |
        | a token whose algorithm is a number |
        | a token whose algorithm is unknown  |
        | a token in other letters            |
        | 5,000 letters                       |

  Rule: What can be read and is wrong is refused in the same way

    @LEAK-2 @api
    Scenario: A sign-in with everything wrong that can be
      Given Ada is a user with MFA by e-mail
      When Ada signs in with a wrong password
      And Ada signs in with an e-mail address that nobody has
      And Ada signs in with her password
      And Ada enters a wrong code
      And Ada opens her profile without an access token
      And Ada enters the code
      Then Ada is signed in
      And the server has failed at nothing that Ada sent
      And no answer to Ada tells of the inside of the server
