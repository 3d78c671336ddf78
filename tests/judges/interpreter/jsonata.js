// The reference engine of JSONata, the one that AWS documents for Step Functions. One line of JSON in, `{expression,
// now}`, and one line out: `{value}`, `{}` for an undefined result, or `{error, code}`.
const jsonata = require('jsonata');
const lines = require('readline').createInterface({ input: process.stdin });

// Expressions that read the clock read the virtual one.
let now = null;
const SystemDate = Date;
global.Date = class extends SystemDate {
  constructor(...parts) {
    super(...(parts.length === 0 && now !== null ? [now] : parts));
  }
  static now() {
    return now ?? SystemDate.now();
  }
};

async function evaluate(request) {
  now = request.now;
  try {
    const expression = jsonata(request.expression);
    // A function of Step Functions alone.
    expression.registerFunction('parse', (text) => (text === undefined ? undefined : JSON.parse(text)), '<s?:x>');
    const value = await expression.evaluate(null);
    return value === undefined || typeof value === 'function' ? {} : { value };
  } catch (error) {
    return { error: error.message || String(error), code: error.code };
  }
}

lines.on('line', async (line) => {
  process.stdout.write(JSON.stringify(await evaluate(JSON.parse(line))) + '\n');
});
