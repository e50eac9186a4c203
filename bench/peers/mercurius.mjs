/** Mercurius with JIT and undici, written by hand: the fastest known in Node. Subscriptions as its documentation shows. */
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { Pool } from 'undici';
import { PORT, UPSTREAM_HEADERS, UPSTREAM_URL } from './shared/paths.mjs';
import { createReads } from './shared/reads.mjs';
import { TYPE_DEFINITIONS } from './shared/schema.mjs';
import { readDelivery } from './shared/webhook.mjs';

const TOPIC = 'verification';
const { withFilter } = mercurius;

const pool = new Pool(UPSTREAM_URL, { connections: 64 });
const reads = createReads(async (path) => {
  const { statusCode, body } = await pool.request({ path, method: 'GET', headers: UPSTREAM_HEADERS });
  if (statusCode !== 200) throw new Error(`upstream answered ${statusCode}`);
  return body.json();
});

const app = Fastify();
app.register(mercurius, {
  schema: TYPE_DEFINITIONS,
  jit: 1,
  subscription: true,
  resolvers: {
    Query: {
      verification: (_root, { id }) => reads.verification(id),
      verifications: (_root, page) => reads.verifications(page),
    },
    Verification: { applicant: ({ applicantId }) => reads.applicant(applicantId) },
    Subscription: {
      verificationUpdated: {
        subscribe: withFilter(
          (_root, _arguments, { pubsub }) => pubsub.subscribe(TOPIC),
          ({ verificationUpdated }, { verificationId }) =>
            verificationId == null || verificationUpdated.verification.id === verificationId,
        ),
      },
    },
  },
});
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
  if (request.url.startsWith('/webhooks/')) return done(null, body);
  try {
    done(null, JSON.parse(body));
  } catch (error) {
    done(error);
  }
});
app.post('/webhooks/dataspike', async (request, reply) => {
  const update = readDelivery(request.headers['x-webhook-signature'], request.body);
  if (!update) return reply.code(401).send();
  app.graphql.pubsub.publish({ topic: TOPIC, payload: { verificationUpdated: update } });
  return reply.code(200).send();
});
await app.listen({ port: PORT, host: '127.0.0.1' });
