/** A policy that says everything that a hook of devices can be told; line numbers of tests count in it. */
export const exampleText = `version: 1
programs:
  firewall:
    object: ./firewall.o          # or pinned: PATH
    program: fw_main              # optional where the object has one program
    maps: reuse                   # reuse (default) | fresh
  telemetry:
    object: ./telemetry.o
  cni:
    match: { name: "cil_from_*" } # foreign: recognised, never moved, replaced or removed
    optional: true                # may be absent
hooks:
  - on: tcx/ingress               # layer and direction
    devices: [eth0, "veth*"]      # names or globs
    namespaces: [blue]            # optional; default the caller's
    order: [telemetry, firewall, cni]
    constraints:
      - firewall: { before: [cni] }
    first: telemetry
    last: cni
    others: keep
    attach: link
    strategy: overlap
`;
