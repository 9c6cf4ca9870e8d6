@web-portal
Feature: Limits hold for whoever claims to come from elsewhere
  OWASP ASVS 5.0, 15.3.4.

  Anybody can write a client address into a request. Each guess here claims to come from another one.

  @LIMIT-1 @api
  Scenario Outline: Another client address with each password is no fresh start
    Given Ada is a user without MFA
    And Ada's device claims another address in <header> with each request
    When Ada fails her password once less than locks an account
    And Ada signs in with her password
    Then Ada is signed in
    When Ada fails her password as often as locks an account
    And Ada signs in with her password
    Then Ada is refused

    Examples:
      | header              |
      | X-Forwarded-For     |
      | Forwarded           |
      | X-Real-IP           |
      | X-Client-IP         |
      | True-Client-IP      |
      | CF-Connecting-IP    |
      | X-Cluster-Client-IP |

  @LIMIT-1 @api
  Scenario Outline: Another client address with each code is no fresh start
    Given Ada is a user with MFA by e-mail
    And Ada's device claims another address in <header> with each request
    And Ada has failed the code once less than locks an account
    When Ada enters the code
    Then Ada is signed in
    When Ada fails the code as often as locks an account
    And Ada signs in with her password
    Then Ada is refused

    Examples:
      | header          |
      | X-Forwarded-For |
      | Forwarded       |
      | X-Real-IP       |

  @LIMIT-1 @api
  Scenario: Another client address with each code gives a challenge no new guesses
    Given Ada is a user with MFA by e-mail
    And Ada's device claims another address in X-Forwarded-For with each request
    And Ada was asked for a code
    And Ada has failed the code as often as ends a challenge
    When Ada enters the code
    Then Ada is refused
    And Ada is not signed in
    When Ada signs in with her password
    And Ada enters the code
    Then Ada is signed in

  @LIMIT-1 @api
  Scenario: Another client address does not shorten the wait for a new code
    Given Ada is a user with MFA by e-mail
    And Ada's device claims another address in X-Forwarded-For with each request
    And Ada was asked for a code
    When all but 1 second of the wait for a new code has passed
    And Ada asks for a new code
    Then Ada is refused
    When the wait for a new code has passed
    And Ada asks for a new code
    Then Ada is asked for a code
