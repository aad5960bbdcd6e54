import fastifySwagger, { type SwaggerTransform } from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import { IDEMPOTENCY_HEADER } from '@skerry/protocol/api/common.ts';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import type { App } from './app.ts';
import { IDEMPOTENCY_KEY } from './idempotency.ts';

const IDEMPOTENCY_HEADERS = {
  type: 'object',
  properties: {
    [IDEMPOTENCY_HEADER]: {
      type: 'string',
      pattern: IDEMPOTENCY_KEY.source,
      description:
        'Made by the caller. The same key and body answer the same without doing it again.',
    },
  },
};

/** OpenAPI of every route registered after this, as a page at /api/docs and as /api/docs/json. */
export async function documentApi(app: App): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      info: {
        title: 'Skerry',
        description:
          'REST interface. Messages travel over the WebSocket /sync (Hocuspocus protocol). Every POST takes an Idempotency-Key header.',
        version: '1',
      },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer' },
          cookie: { type: 'apiKey', in: 'cookie', name: 'skerry_session' },
        },
      },
      security: [{ bearer: [] }, { cookie: [] }],
    },
    transform: describeRoute,
  });
  // Readable without a session: it describes, it shows nobody's data.
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/api/docs')) route.config = { ...route.config, public: true };
  });
  await app.register(fastifySwaggerUi, { routePrefix: '/api/docs' });
}

/** The route's own schemas, and what hooks do to every route: sessions and repeated requests. */
const describeRoute: SwaggerTransform = (document) => {
  const { schema, url } = jsonSchemaTransform(document);
  const { config, method } = document.route;
  const isOpen = config?.public === true || !url.startsWith('/api/');
  return {
    schema: {
      ...schema,
      ...(isOpen && { security: [] }),
      ...(method === 'POST' && { headers: IDEMPOTENCY_HEADERS }),
    },
    url,
  };
};
