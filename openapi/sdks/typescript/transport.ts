// How orval's client sends: it has no settings of its own for the address and the key.

/** Send a request and return its answer as the client types it: JSON, or a file. */
export async function send<Answer>(path: string, options: RequestInit): Promise<Answer> {
  const headers = new Headers(options.headers);
  if (process.env.ICR_KEY) headers.set('Authorization', `Bearer ${process.env.ICR_KEY}`);
  const answer = await fetch(`${process.env.ICR_URL}${path}`, { ...options, headers });
  const isJson = answer.headers.get('content-type')?.split(';')[0].endsWith('json');
  const data: unknown = isJson ? await answer.json() : await answer.blob();
  return { data, status: answer.status, headers: answer.headers } as Answer;
}
