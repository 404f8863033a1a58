/**
 * A machine is a process tree over an image's directory: what an EC2 instance is in the local cloud.
 * `boot.ts` starts one, the image builder and the Auto Scaling service are its users.
 */
export interface MachineSettings {
  /** Directory that stands for the root file system. */
  readonly root: string;
  readonly instanceId: string;
  /** Base URL of this instance's metadata service; passed on as AWS_EC2_METADATA_SERVICE_ENDPOINT. */
  readonly metadataEndpoint: string;
  /** Folder for the log of each unit and for the machine's own files. */
  readonly directory: string;
}

export interface Machine {
  readonly instanceId: string;
  /** Directory that stands for the root file system. */
  readonly root: string;
  /** Folder that holds the log of each unit. */
  readonly logs: string;
  /** Loopback port that stands for port 8080 of the machine. */
  readonly port: number;
  /** Ends when every service of the machine has ended, whoever ended it. */
  readonly ended: Promise<void>;
  /** Is a service of the machine running? */
  running(): boolean;
  /** Is this unit active? */
  isActive(unit: string): boolean;
  /** SIGTERM, and SIGKILL after the unit's TimeoutStopSec, as systemd does at shutdown. */
  shutDown(): Promise<void>;
  /** SIGKILL at once: the host has failed. */
  kill(): void;
}
