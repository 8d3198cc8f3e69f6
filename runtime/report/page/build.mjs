// SPDX-License-Identifier: Apache-2.0
// Puts style, script, chart library and licences into one page: node build.mjs OUTPUT. @DATA@ stays in it, for the rows.
import { readFile, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const output = process.argv[2];
if (!output) throw new Error('usage: node build.mjs OUTPUT');

async function bundled(entry) {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    target: ['chrome100', 'firefox100', 'safari15'],
    charset: 'utf8',
    legalComments: 'none', // the licences are in the page whole
    logLevel: 'warning',
  });
  return result.outputFiles[0].text.trim();
}

async function licences() {
  let text = '';
  for (const name of ['echarts', 'zrender', 'tslib']) {
    const folder = `node_modules/${name}`;
    const about = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
    text += `${'='.repeat(78)}\n${name} ${about.version} (${about.license})\n${'='.repeat(78)}\n\n`;
    for (const file of name === 'echarts' ? ['NOTICE', 'LICENSE'] : name === 'tslib' ? ['LICENSE.txt'] : ['LICENSE']) {
      text += `${(await readFile(`${folder}/${file}`, 'utf8')).trim()}\n\n`;
    }
  }
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

const parts = {
  STYLE: await bundled('src/style.css'),
  SCRIPT: await bundled('src/main.js'),
  LICENCES: await licences(),
};
let page = await readFile('page.html', 'utf8');
for (const [name, text] of Object.entries(parts)) page = page.replace(`@${name}@`, () => text);
if (page.split('@DATA@').length !== 2) throw new Error('the page has to have exactly one place for the data');
await writeFile(output, page);
