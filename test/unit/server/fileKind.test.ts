import { agreesWith, detectFileKind, FILE_START_BYTES } from '../../../src/server/fileKind';

const box = (brand: string) => `\x00\x00\x00\x18ftyp${brand}\x00\x00\x00\x00`;

test.each([
  ['\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01', 'image/jpeg'],
  ['\xff\xd8\xff\xe1\x00\x10Exif\x00\x00', 'image/jpeg'],
  ['\x89PNG\r\n\x1a\n\x00\x00\x00\x0d', 'image/png'],
  ['RIFF\x10\x00\x00\x00WEBPVP8 ', 'image/webp'],
  [box('heic'), 'image/heic'],
  [box('heix'), 'image/heic'],
  [box('hevc'), 'image/heic'],
  [box('mif1'), 'image/heic'],
  [box('msf1'), 'image/heic'],
  ['%PDF-1.4\n%....', 'application/pdf'],
])('%j begins %s', (start, mediaType) => {
  const bytes = Buffer.from(start, 'latin1');
  expect(detectFileKind(bytes.subarray(0, FILE_START_BYTES))?.mediaType).toBe(mediaType);
});

test.each([
  [''],
  ['\xff\xd8'],
  ['\x89PNG'],
  ['RIFF\x10\x00\x00\x00WAVEfmt '],
  ['RIFF'],
  [box('isom')],
  [box('avif')],
  ['GIF89a\x01\x00\x01\x00\x00\x00'],
  [' %PDF-1.4\n...'],
  ['<!doctype html>'],
  ['<svg xmlns="http://www.w3.org/2000/svg">'],
  ['<?xml version="1.0"?><svg/>'],
  ['PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00'],
])('%j begins none of our kinds', (start) => {
  expect(detectFileKind(Buffer.from(start, 'latin1'))).toBeNull();
});

test.each([
  ['image/jpeg', true],
  ['image/jpg', true],
  ['application/octet-stream', true],
  ['', true],
  ['image/png', false],
  ['text/html', false],
  ['image/svg+xml', false],
  ['__proto__', false],
  ['constructor', false],
])('a JPEG called %j: %p', (stated, agrees) => {
  const kind = detectFileKind(Buffer.from('ffd8ffe0', 'hex'));
  expect(kind && agreesWith(kind, stated)).toBe(agrees);
});
