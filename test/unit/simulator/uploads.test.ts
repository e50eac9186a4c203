import axios from 'axios';
import NodeFormData from 'form-data';
import { createSimulator, type Simulator } from '../../../src/simulator/simulator';
import { detectDocument } from '../../../src/simulator/world/documentDetection';
import { createCaller, type SimulatorCaller } from './callSimulator';

let simulator: Simulator;
let caller: SimulatorCaller;
let applicantId: string;

beforeEach(async () => {
  simulator = await createSimulator();
  caller = createCaller(simulator);
  applicantId = (await caller.post('/api/v3/applicants')).json.id;
});

afterEach(() => simulator.close());

function post(body: string, contentType: string): Promise<Response> {
  const headers = { 'ds-api-token': simulator.apiKey, 'content-type': contentType };
  return fetch(`${simulator.url}/api/v3/upload/${applicantId}`, { method: 'POST', headers, body });
}

test.each([
  ['poi', null, 'scan.jpg', { storedType: 'passport', type: 'passport', side: 'front', isTwoSided: false }],
  ['poi', null, 'my ID-card back.png', { storedType: 'id_card_back', type: 'id_card', side: 'back', isTwoSided: true }],
  ['poi', 'back', 'drivers.png', { storedType: 'driver_license_back', side: 'back' }],
  ['residence_permit_back', null, 'x.png', { storedType: 'residence_permit_back', type: 'residence_permit' }],
  ['id_card_front', 'back', 'x.png', { storedType: 'id_card_back' }],
  ['selfie', null, 'passport.png', { storedType: 'selfie', side: null, isTwoSided: false }],
  ['poa_utility_bill', 'front', 'x.pdf', { storedType: 'poa_utility_bill', side: null }],
] as const)('%s with side %s in %s is detected', (type, side, fileName, expected) => {
  expect(detectDocument(type, side, fileName)).toMatchObject(expected);
});

test('twenty megabytes with every byte in them come back unchanged', async () => {
  const bytes = Buffer.alloc(20 * 1024 * 1024, Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)));
  const form = new NodeFormData();
  form.append('document_type', 'passport');
  form.append('side', 'front');
  form.append('file', bytes, { filename: 'a "quoted" näme.png', contentType: 'image/png' });
  const headers = { 'ds-api-token': simulator.apiKey };
  const upload = await axios.post(`${simulator.url}/api/v3/upload/${applicantId}`, form, { headers });
  expect(upload.status).toBe(201);
  const url = `${simulator.url}/api/v3/documents/${upload.data.document_id}`;
  const download = await axios.get<ArrayBuffer>(url, { headers, responseType: 'arraybuffer' });
  expect(Buffer.compare(Buffer.from(download.data), bytes)).toBe(0);
  expect(download.headers['content-type']).toBe('image/png');
  expect(download.headers['x-document-type']).toBe('passport');
});

test('what is no picture is downloaded as plain bytes', async () => {
  const form = new NodeFormData();
  form.append('document_type', 'poa');
  form.append('file', Buffer.from('%PDF-'), { filename: 'bill.pdf', contentType: 'application/pdf' });
  const headers = { 'ds-api-token': simulator.apiKey };
  const { data } = await axios.post(`${simulator.url}/api/v3/upload/${applicantId}`, form, { headers });
  const download = await axios.get(`${simulator.url}/api/v3/documents/${data.document_id}`, { headers });
  expect(download.headers['content-type']).toBe('application/octet-stream');
});

test.each([
  ['a form without a boundary', '--b--', 'multipart/form-data'],
  ['a form that breaks off', '--b\r\ncontent-disposition: form-data; name="file"', 'multipart/form-data; boundary=b'],
  ['JSON', '{}', 'application/json'],
])('%s is refused in the shape of an upload', async (_title, body, contentType) => {
  const response = await post(body, contentType);
  expect([response.status, await response.json()]).toEqual([
    400,
    { document_id: null, message: 'body is no form', errors: [] },
  ]);
});

test('a form without a file, and one with a country in two letters, are refused by name', async () => {
  const part = (name: string, value: string) =>
    `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const type = 'multipart/form-data; boundary=b';
  const withoutFile = await post(`${part('document_type', 'passport')}--b--\r\n`, type);
  expect(await withoutFile.json()).toMatchObject({ message: 'file: is missing or empty' });
  const country = await post(`${part('document_type', 'passport')}${part('issued_country', 'DE')}--b--\r\n`, type);
  expect(await country.json()).toMatchObject({ message: 'issued_country: must be alpha-3' });
});

test('more than 25 MiB is cut off', async () => {
  const response = await caller.upload(`/api/v3/upload/${applicantId}`, 'passport', 'x'.repeat(26 * 1024 * 1024));
  expect(response.status).toBe(413);
});

test('JSON that is broken, or has another content type, is refused', async () => {
  const send = (contentType: string, body: string) =>
    fetch(`${simulator.url}/api/v3/applicants`, {
      method: 'POST',
      headers: { 'ds-api-token': simulator.apiKey, 'content-type': contentType },
      body,
    });
  expect((await send('application/json', '{"a":')).status).toBe(400);
  expect((await send('text/plain', '{}')).status).toBe(400);
  expect((await send('application/json', '[]')).status).toBe(400);
  expect((await send('application/json; charset=utf-8', '{}')).status).toBe(201);
});

test('a taken port is an error', async () => {
  const port = Number(new URL(simulator.url).port);
  await expect(createSimulator({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
