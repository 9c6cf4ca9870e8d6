@web-portal
Feature: Links in messages
  OWASP Forgot Password Cheat Sheet, and CVE-2025-43930.

  Whoever knows an address may ask for a link to it, and writes what he likes into the request. A link that leads where
  the request says gives its secret away to whoever wrote it, as soon as it is followed.

  Rule: A link leads where it leads whatever the request says of its host

    @RESET-7 @api
    Scenario Outline: The name of another host in a request comes into no message
      Given Ada is a user without MFA
      And Ada has a reset link
      When somebody who claims <header>: <claim> asks for a reset link for Ada
      Then no link leads Ada elsewhere than her first one
      And no message to Ada names elsewhere.example
      When Ada asks for a reset link
      And Ada follows the link and chooses a new password
      Then the change is made
      And no link leads Ada elsewhere than her first one

      Examples:
        | header               | claim                                  |
        | Host                 | elsewhere.example                      |
        | X-Forwarded-Host     | elsewhere.example                      |
        | Forwarded            | host=elsewhere.example                 |
        | Forwarded            | for=192.0.2.1;host="elsewhere.example" |
        | X-Original-Host      | elsewhere.example                      |
        | X-Host               | elsewhere.example                      |
        | X-HTTP-Host-Override | elsewhere.example                      |
        | X-Forwarded-Server   | elsewhere.example                      |
        | X-Original-URL       | https://elsewhere.example/             |
        | X-Rewrite-URL        | https://elsewhere.example/             |
        | Origin               | https://elsewhere.example              |
        | Referer              | https://elsewhere.example/             |

    @RESET-7 @api
    Scenario Outline: Neither does it change how the link leads there
      Given Ada is a user without MFA
      And Ada has a reset link
      When somebody who claims <header>: <claim> asks for a reset link for Ada
      Then no link leads Ada elsewhere than her first one
      When Ada asks for a reset link
      And Ada follows the link and chooses a new password
      Then the change is made
      And no link leads Ada elsewhere than her first one

      Examples:
        | header             | claim       |
        | X-Forwarded-Proto  | http        |
        | X-Forwarded-Proto  | https       |
        | X-Forwarded-Scheme | http        |
        | X-Forwarded-Scheme | https       |
        | Forwarded          | proto=http  |
        | Forwarded          | proto=https |
        | X-Forwarded-Port   | 8443        |
        | X-Forwarded-Prefix | /elsewhere  |
