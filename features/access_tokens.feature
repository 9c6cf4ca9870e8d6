@web-portal
Feature: What an access token is good for
  RFC 7519, RFC 8176, RFC 8725 and OWASP ASVS 5.0, chapter 9, where access tokens are JWTs.

  A forged token keeps what the good one says, but for what the sentence names: nothing else is a reason to refuse it.
  A key that a token points to stands in the address itself, so that nobody has to serve it.

  Rule: It is what the server signed, or nothing

    @TOKEN-2 @api
    Scenario Outline: A forged access token opens nothing
      Given Ada is a user without MFA
      And Ada is signed in already
      When Ada opens her profile with her access token <forged>
      Then nothing is opened for Ada
      When Ada opens her profile
      Then Ada's profile is shown

      Examples:
        | forged                                      |
        | that says it is not signed                  |
        | without its signature                       |
        | with another signature                      |
        | with its signature cut off                  |
        | with a signature of zeros                   |
        | that says something else                    |
        | signed with another key                     |
        | signed with a key that it brings along      |
        | signed with a key that it points to         |
        | signed with a key that is named by a trick  |
        | signed with the public key as secret        |
        | signed with a secret that is easily guessed |

  Rule: It ends when it says

    @TOKEN-3
    Scenario: An access token whose time is over opens nothing
      Given Ada is a user without MFA
      When Ada signs in with her password
      Then Ada is given an access token
      When all but 1 second of the access token's life has passed
      And Ada opens her profile
      Then Ada's profile is shown
      When the access token's life has passed
      And Ada opens her profile
      Then Ada is refused

  Rule: What it says of its user's sign-in is true

    @TOKEN-7 @api
    Scenario: A sign-in with the password alone
      Given Ada is a user without MFA
      When Ada signs in with her password
      Then Ada is given an access token
      And Ada's access token says no more than that she signed in with a password

    @TOKEN-7 @api
    Scenario Outline: A sign-in with password and code
      Given Ada is a user with MFA by <channel>
      And Ada was asked for a code
      When Ada enters the code
      Then Ada is given an access token
      And Ada's access token says that she signed in with a code by <channel>

      Examples:
        | channel |
        | e-mail  |
        | phone   |
