// Text inside XML. Only writing: nothing that this server reads is XML.

const ENTITIES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&apos;',
  // A parser would make a line feed of a bare one. Source: XML 1.0, 2.11.
  '\r': '&#xD;',
}

/**
 * `text` for use between tags or in an attribute; a parser reads it back as it was, except that
 * characters which XML 1.0 cannot hold at all become question marks.
 */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u0020-\ufffd\u{10000}-\u{10ffff}]/gu, '?')
    .replaceAll(/[<>&"'\r]/g, (character) => ENTITIES[character] ?? character)
}

/** An element with `content`, which is XML already; an empty one closes itself. */
export function xmlElement(name: string, content: string): string {
  return content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`
}
