@web-portal
Feature: How tokens travel
  RFC 6749, RFC 6750 and OWASP ASVS 5.0: how an answer with a token is sent, and how a request with one.

  Rule: No cache keeps an answer that holds a secret

    @TOKEN-6 @api
    Scenario: Both stages of a sign-in
      Given Ada is a user with MFA by e-mail
      When Ada signs in with her password
      Then Ada is asked for a code
      And no cache may keep the answer to Ada
      When Ada enters the code
      Then Ada is given an access token
      And no cache may keep the answer to Ada

    @TOKEN-6 @api
    Scenario: A sign-in with the password only
      Given Ada is a user without MFA
      When Ada signs in with her password
      Then Ada is given an access token
      And no cache may keep the answer to Ada

    @TOKEN-6 @api
    Scenario: A new code
      Given Ada is a user with MFA by e-mail
      And Ada was asked for a code
      When the wait for a new code has passed
      And Ada asks for a new code
      Then Ada is asked for a code
      And no cache may keep the answer to Ada

  Rule: An access token is taken from the Authorization header alone

    @TOKEN-5 @api
    Scenario: An address with the access token in it opens nothing
      Given Ada is a user with MFA by e-mail
      And Ada is signed in already
      When Ada opens her profile with the access token in the address
      Then Ada is refused
      When Ada opens her profile
      Then Ada's profile is shown

    @TOKEN-5 @api
    Scenario: Whoever comes without an access token is asked for one
      Given Ada is a user with MFA by e-mail
      And Ada is signed in already
      When Ada opens her profile without an access token
      Then Ada is refused
      And the answer to Ada asks for an access token
      When Ada opens her profile
      Then Ada's profile is shown

    @TOKEN-5 @api
    Scenario: Whoever comes with an access token that is over is asked for another
      Given Ada is a user with MFA by e-mail
      And Ada is signed in already
      When Ada opens her profile
      Then Ada's profile is shown
      When Ada signs out
      And Ada opens her profile
      Then Ada is refused
      And the answer to Ada asks for an access token
