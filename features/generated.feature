Feature: Requests that nobody thought of
  The OpenAPI Specification 3.1.

  Requests are drawn from the target's own document: its examples, the boundaries of its schemas, every way not to keep
  to them, and many at random. What needs a sign-in is sent by somebody who passed all of its stages. Each scenario is
  carried out once for each operation, and the same seed draws the same requests.

  Rule: The document holds for whatever is sent

    @CONTRACT-2 @api @each-operation
    Scenario: Data that fits the document is answered as it says
      Given Ada is a user with MFA by e-mail
      When the operation is sent data that fits the document, in Ada's name
      Then no answer was other than the document has it

    @CONTRACT-2 @api @each-operation
    Scenario: Data that does not fit the document is refused as it says
      Given Ada is a user with MFA by e-mail
      When the operation is sent data that does not fit the document, in Ada's name
      Then no answer was other than the document has it

  Rule: One request leads to the next

    A link of the document says how: what one answer gives, another request takes. The code of a message and the access
    token in a header are no matter of links; whoever walks has them. Each walk has other data.

    @CONTRACT-3 @api @each-linking-operation
    Scenario: Whoever follows the links of the document gets where they lead
      Given Ada is a user with MFA by e-mail
      When Ada follows the links of the document from the operation on
      Then each link leads where the document says
