/**
 * The kinds of metrics that the gateway itself counts with. The package's index also loads what observes a whole process and
 * its cluster, with OpenTelemetry's API: half of what the start would take for metrics, and wanted by the first scrape only.
 */
type PromClient = typeof import('prom-client');

export const Counter: PromClient['Counter'] = require('prom-client/lib/counter');
export const Gauge: PromClient['Gauge'] = require('prom-client/lib/gauge');
export const Histogram: PromClient['Histogram'] = require('prom-client/lib/histogram');
export const Registry: PromClient['Registry'] = require('prom-client/lib/registry');
