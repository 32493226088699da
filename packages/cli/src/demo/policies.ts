const head = (firewall: string) => `version: 1
programs:
  telemetry: { object: telemetry.bpf.o }
  firewall:  { object: ${firewall} }
  audit:     { object: audit.bpf.o, program: audit_in }
hooks:
  - on: tcx/ingress
    devices: [demo0]
`;

/** The order of the demo's three agents, as a policy. */
export const firstPolicy: string = `${head('firewall.bpf.o')}    order: [telemetry, firewall, audit]\n`;

/** The same agents in another order, with another firewall. */
export const secondPolicy: string = `${head('long-name.bpf.o')}    order: [audit, telemetry, firewall]\n`;
