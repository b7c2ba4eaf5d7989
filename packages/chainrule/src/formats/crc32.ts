/**
 * The CRC-32 of zip and gzip (ISO 3309, reflected polynomial 0xEDB88320): finds every error of up to 32 neighbouring
 * bits. Four tables take four bytes a step.
 */
const tables = Array.from({ length: 4 }, () => new Int32Array(256));

for (let byte = 0; byte < 256; byte++) {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  tables[0][byte] = value;
}
for (let byte = 0; byte < 256; byte++)
  for (let k = 1; k < 4; k++)
    tables[k][byte] = (tables[k - 1][byte] >>> 8) ^ tables[0][tables[k - 1][byte] & 255];

/** The checksum of `bytes`. Given `before`, the checksum of some data, it is that of the data followed by `bytes`. */
export function crc32(bytes: Uint8Array, before = 0): number {
  const [one, two, three, four] = tables;
  let crc = ~before;
  let i = 0;
  for (const whole = bytes.length - 3; i < whole; i += 4) {
    crc ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    crc = four[crc & 255] ^ three[(crc >>> 8) & 255] ^ two[(crc >>> 16) & 255] ^ one[crc >>> 24];
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ one[(crc ^ bytes[i]) & 255];
  return ~crc >>> 0;
}

/** A checksum as eight hexadecimal digits. */
export function hex32(value: number): string {
  return value.toString(16).padStart(8, "0");
}
