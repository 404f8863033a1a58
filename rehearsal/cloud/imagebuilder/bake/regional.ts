/** Clients of the emulator in regions other than the cloud's. */
interface RegionalOptions {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

interface RegionalClient {
  readonly config: {
    region(): Promise<string>;
    credentials(): Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string }>;
    endpoint?(): Promise<{ readonly protocol: string; readonly hostname: string; readonly port?: number }>;
  };
}

/** The emulator has every region behind one address: a client of another region differs in its signature only. */
export async function inRegion<T>(
  client: T & RegionalClient,
  region: string,
  make: (options: RegionalOptions) => T,
): Promise<T> {
  if (region === (await client.config.region())) return client;
  const { protocol, hostname, port } = await client.config.endpoint!();
  const { accessKeyId, secretAccessKey } = await client.config.credentials();
  return make({
    region,
    endpoint: `${protocol}//${hostname}${port ? `:${port}` : ""}`,
    credentials: { accessKeyId, secretAccessKey },
  });
}
