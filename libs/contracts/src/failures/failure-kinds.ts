/**
 * Every way a task may fail and what each one costs. `attempts` counts all tries of that kind on one file or
 * message, the first included; 1 = never retried. Kinds that park keep their file waiting without using attempts.
 */
export const failureKinds = {
  input: { attempts: 1, parks: false, blame: 'caller', meaning: 'the image cannot be used' },
  source: {
    attempts: 3,
    parks: false,
    blame: 'caller',
    meaning: "the image's host did not give it; asked again a little later",
  },
  policy: { attempts: 1, parks: false, blame: 'caller', meaning: 'the provider refuses the content' },
  auth: { attempts: 1, parks: true, blame: 'platform', meaning: "the provider refuses the platform's key" },
  account: {
    attempts: 1,
    parks: true,
    blame: 'platform',
    meaning: "the provider's account is locked or out of money",
  },
  rate: {
    attempts: 8,
    parks: true,
    blame: 'provider',
    meaning: 'a provider or the host of an image asks to slow down',
  },
  transient: { attempts: 5, parks: false, blame: 'provider', meaning: 'a call failed in a way that passes' },
  ambiguous: { attempts: 1, parks: false, blame: 'provider', meaning: 'a paid submit whose answer was lost' },
  job_failed: {
    attempts: 3,
    parks: false,
    blame: 'provider',
    meaning: 'the provider ended the generation unbilled',
  },
  expired: {
    attempts: 1,
    parks: false,
    blame: 'provider',
    meaning: 'the provider no longer knows the generation',
  },
  crash: { attempts: 3, parks: false, blame: 'us', meaning: 'the generator died on this file' },
  timeout: { attempts: 1, parks: false, blame: 'us', meaning: 'the hard limit of a generation passed' },
  quality: { attempts: 1, parks: false, blame: 'provider', meaning: 'the model does not pass its checks' },
  poison: { attempts: 1, parks: false, blame: 'us', meaning: 'workers died five times on this file' },
  dead_letter: {
    attempts: 1,
    parks: false,
    blame: 'us',
    meaning: "the file's message ended as a dead letter",
  },
  dependency: {
    attempts: 8,
    parks: false,
    blame: 'platform',
    meaning: 'Redis, RabbitMQ or storage did not answer',
  },
  channel: {
    attempts: 104,
    parks: false,
    blame: 'platform',
    meaning: 'an alert channel does not take what it is told; tried for a day',
  },
  unexpected: { attempts: 2, parks: false, blame: 'us', meaning: 'an unexpected error on our side' },
} as const satisfies Record<
  string,
  { attempts: number; parks: boolean; blame: 'caller' | 'provider' | 'platform' | 'us'; meaning: string }
>;

export type FailureKind = keyof typeof failureKinds;
