import { createOperationNames } from '../../../src/telemetry/operationNames';

test('names are kept until there are as many as may be, and stay', () => {
  const nameOperation = createOperationNames([], 2);
  expect(['A', 'B', 'C', 'A', null].map(nameOperation)).toEqual(['A', 'B', 'other', 'A', 'anonymous']);
});

test('a name that is too long is nobody’s', () => {
  const nameOperation = createOperationNames([]);
  expect(nameOperation('a'.repeat(64))).toBe('a'.repeat(64));
  expect(nameOperation('a'.repeat(65))).toBe('other');
});

test('where there are trusted documents, their names alone are kept', () => {
  const nameOperation = createOperationNames(['Trusted']);
  expect(['Trusted', 'Other', null].map(nameOperation)).toEqual(['Trusted', 'other', 'anonymous']);
});
