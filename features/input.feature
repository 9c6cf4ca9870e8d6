@web-portal
Feature: Input
  OWASP ASVS 5.0, chapters 2, 4 and 15, and NIST SP 800-63B-4.

  What is sent is taken for what it is, or refused: it is never guessed, repaired or believed.

  Rule: Types and forms are strict

    @INPUT-1 @api
    Scenario Outline: The code in a form that is no code
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada enters the code <form>
      Then nothing is opened for Ada
      When Ada enters the code
      Then Ada is signed in

      Examples:
        | form                                |
        | left out                            |
        | as nothing                          |
        | as true                             |
        | as a number                         |
        | as an empty text                    |
        | in a list                           |
        | in a list behind wrong ones         |
        | in an object                        |
        | as an object that is unlike anything |
        | as a wildcard                       |
        | as a query                          |
        | in quotes                           |
        | in full-width digits                |
        | in Arabic digits                    |
        | with a blank before it              |
        | with a line end after it            |
        | with a blank in it                  |
        | with a dash in it                   |
        | with a digit more                   |
        | without its last digit              |
        | twice, behind a wrong one           |
        | twice, before a wrong one           |

    @INPUT-1 @api
    Scenario Outline: A code that was used stays used, in whatever form the next one comes
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada enters the code
      Then Ada is signed in
      When Ada enters the code <form>
      Then nothing is opened for Ada
      When Ada signs in with her password
      And Ada enters the code
      Then Ada is signed in

      Examples:
        | form             |
        | left out         |
        | as nothing       |
        | as an empty text |

    @INPUT-1 @api
    Scenario Outline: The password in a form that is no password
      Given Ada is a user <mfa>
      When Ada signs in with her password <form>
      Then nothing is opened for Ada
      When Ada signs in with her password
      Then Ada is <answer>

      Examples:
        | mfa                | form                                | answer           |
        | without MFA        | left out                            | signed in        |
        | without MFA        | as nothing                          | signed in        |
        | without MFA        | as true                             | signed in        |
        | without MFA        | as an empty text                    | signed in        |
        | without MFA        | in a list                           | signed in        |
        | without MFA        | in an object                        | signed in        |
        | without MFA        | as an object that is unlike anything | signed in        |
        | without MFA        | as a wildcard                       | signed in        |
        | without MFA        | as a query                          | signed in        |
        | without MFA        | twice, behind a wrong one           | signed in        |
        | without MFA        | twice, before a wrong one           | signed in        |
        | with MFA by e-mail | in a list                           | asked for a code |
        | with MFA by e-mail | as an object that is unlike anything | asked for a code |

    @INPUT-1
    Scenario Outline: The address in a form that finds more than one
      Given Ada is a user without MFA
      When Ada signs in with her address <how>
      Then nothing is opened for Ada
      When Ada signs in with her password
      Then Ada is signed in

      Examples:
        | how                                        |
        | with a wildcard in place of its first letter |
        | with a query after it                      |

  Rule: What nobody asked for is not believed

    @INPUT-3 @api
    Scenario Outline: The password stage is told how it ends
      Given Ada is a user with MFA by e-mail
      When Ada signs in with her password and says that <field> is <value>
      Then Ada is given no access token
      And Ada is not signed in
      When Ada signs in with her password
      Then Ada is asked for a code
      When Ada enters the code
      Then Ada is signed in
      And Ada's profile shows MFA as active

      Examples:
        | field        | value |
        | verified     | true  |
        | mfa_verified | true  |
        | otp_verified | true  |
        | success      | true  |
        | mfa_enabled  | false |
        | mfa_required | false |
        | skip_mfa     | true  |
        | remember     | true  |
        | trusted      | true  |
        | amr          | otp   |

    @INPUT-3 @api
    Scenario Outline: The code stage is told how it ends
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada enters a wrong code and says that <field> is <value>
      Then nothing is opened for Ada
      When Ada enters the code
      Then Ada is signed in

      Examples:
        | field        | value |
        | verified     | true  |
        | mfa_verified | true  |
        | otp_verified | true  |
        | success      | true  |
        | valid        | true  |
        | mfa_enabled  | false |
        | status       | ok    |

    @INPUT-3 @api
    Scenario Outline: A sign-in is told who signs in
      Given Ada is a user without MFA
      And Ada has seen which role she has
      When Ada signs in with her password and says that <field> is <value>
      And Ada signs in with her password
      Then Ada is signed in
      And Ada has the role that she had

      Examples:
        | field    | value   |
        | role     | support |
        | role     | admin   |
        | is_admin | true    |

  Rule: Passwords are compared whole and as sent

    @INPUT-2
    Scenario Outline: Almost the password
      Given Ada is a user without MFA
      When Ada signs in with <password>
      Then Ada is refused
      When Ada signs in with her password
      Then Ada is signed in

      Examples:
        | password                                |
        | her password and a character more       |
        | her password without its last character |
        | her password in capitals                |

    @INPUT-2 @api
    Scenario Outline: Blanks are a part of a password
      Given Ada is a user without MFA
      When Ada signs in with her password <form>
      Then nothing is opened for Ada
      When Ada signs in with her password
      Then Ada is signed in

      Examples:
        | form                    |
        | with a blank before it  |
        | with a blank after it   |
        | with a line end after it |

    @INPUT-2
    Scenario Outline: A password that is unlike most works as it was chosen
      Given Ada is a user without MFA
      And Ada has a reset link
      When Ada follows the link and chooses <chosen>
      Then the change is made
      When Ada signs in with her old password
      Then Ada is refused
      When Ada signs in with her new password
      Then Ada is signed in

      Examples:
        | chosen                      |
        | a password of 64 characters |
        | a password in other scripts |

    @INPUT-2
    Scenario: The end of a long password counts
      Given Ada is a user without MFA
      And Ada has a reset link
      When Ada follows the link and chooses a password of 100 characters
      Then the change is made
      When Ada signs in with the first 72 characters of her password
      Then Ada is refused
      When Ada signs in with her password without its last character
      Then Ada is refused
      When Ada signs in with her new password
      Then Ada is signed in

  Rule: A sign-in comes by its own method and in its own form

    @INPUT-4 @api
    Scenario Outline: The password in another way
      Given Ada is a user <mfa>
      When Ada sends her password <sent>
      Then nothing is opened for Ada
      When Ada signs in with her password
      Then Ada is <answer>

      Examples:
        | mfa                | sent                                  | answer           |
        | without MFA        | as a form                             | signed in        |
        | without MFA        | as plain text                         | signed in        |
        | without MFA        | in the address                        | signed in        |
        | without MFA        | in the address of a request that reads | signed in        |
        | without MFA        | by GET                                | signed in        |
        | without MFA        | by PUT                                | signed in        |
        | without MFA        | by PATCH                              | signed in        |
        | without MFA        | by DELETE                             | signed in        |
        | with MFA by e-mail | as plain text                         | asked for a code |
        | with MFA by e-mail | by PUT                                | asked for a code |

    @INPUT-4 @api
    Scenario Outline: The code in another way
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada sends the code <sent>
      Then nothing is opened for Ada
      When Ada enters the code
      Then Ada is signed in

      Examples:
        | sent                                  |
        | as a form                             |
        | as plain text                         |
        | in the address                        |
        | in the address of a request that reads |
        | by GET                                |
        | by PUT                                |
        | by PATCH                              |

  Rule: What is too large is refused, and the server goes on

    @INPUT-5 @api
    Scenario: The password and much more
      Given Ada is a user without MFA
      When Ada sends her password and 3 MB more
      Then nothing is opened for Ada
      When Ada signs in with her password
      Then Ada is signed in

    @INPUT-5 @api
    Scenario: The code and much more
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When Ada sends the code and 3 MB more
      Then nothing is opened for Ada
      When Ada enters the code
      Then Ada is signed in
