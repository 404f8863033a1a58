/**
 * Options of every client. The region and, in a rehearsal, the endpoint come from the environment (AWS_REGION,
 * AWS_ENDPOINT_URL). Five attempts with growing pauses take some seconds: well inside a function's time-out.
 */
export const clientOptions = { maxAttempts: 5, retryMode: "standard" } as const;
