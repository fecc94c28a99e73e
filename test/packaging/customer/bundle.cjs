// node bundle.cjs BUNDLE: bundles the program of the same module format into bundled/BUNDLE, with the bundler named.
const { join } = require('node:path');
const bundle = process.argv[2];
const [bundler, format] = bundle.split('.');
const program = `./bundled-program.${format}`;

// pg asks for its native binding, and we for OpenTelemetry, where there is one.
const optional = ['pg-native', '@opentelemetry/api'];

// What ESM has in the place of the require() that is pg's own.
const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

if (bundler === 'esbuild') {
  require('esbuild').buildSync({
    entryPoints: [program],
    outfile: join('bundled', bundle, bundle),
    bundle: true,
    platform: 'node',
    format: format === 'mjs' ? 'esm' : 'cjs',
    external: optional,
    ...(format === 'mjs' && { banner: { js: banner } }),
  });
} else {
  const compiler = require('webpack')({
    mode: 'production',
    optimization: { minimize: false },
    target: 'node20',
    entry: program,
    output: { path: join(__dirname, 'bundled', bundle), filename: bundle },
    externals: Object.fromEntries(optional.map((name) => [name, `commonjs ${name}`])),
  });
  compiler.run((error, stats) => {
    if (error === null && !stats.hasErrors()) return;
    console.error(error ?? stats.toString());
    process.exitCode = 1;
  });
}
