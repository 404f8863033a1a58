/** An alarm asks for something that CloudWatch has and the rehearsal has not. The message names it. */
export class Unsupported extends Error {}
