// Loaded before the gateway: each SIGWINCH steps its wall clock to the next of these places, as an operator or NTP would.
// What runs on monotonic time, timers among it, does not notice.
const HOUR_MS = 3_600_000;
const STEPS = [-HOUR_MS, HOUR_MS, 400 * 24 * HOUR_MS];
const RealDate = Date;
let offsetMs = 0;
let taken = 0;

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + offsetMs);
    else super(...args);
  }
  static now() {
    return RealDate.now() + offsetMs;
  }
};

process.on('SIGWINCH', () => {
  offsetMs = STEPS[taken % STEPS.length];
  taken += 1;
});
