use std::sync::Arc;

use super::error::QueryError;
use super::functions;
use super::parse::{Expression, Operator, Step};
use crate::workflow::value::{Sort, Value};

/// The names that an expression can refer to.
pub struct Scope<'v> {
    /// Variables by name.
    pub variables: &'v dyn Fn(&str) -> Value,
    /// `$states`.
    pub states: &'v Value,
}

/// Every outcome that an expression can have, each once. Beyond the limit, it can have any value, and fail.
pub fn all(expression: &Expression, scope: &Scope<'_>) -> Vec<Result<Value, QueryError>> {
    outcomes(expression, scope).unwrap_or_else(|_| anything())
}

/// The outcomes of an expression whose value is completely unknown.
pub fn anything() -> Vec<Result<Value, QueryError>> {
    vec![Ok(Value::Unknown(Sort::Any)), Err(QueryError::new("it may fail"))]
}

/// Every outcome, or the number of branches before the limit.
///
/// # Errors
///
/// The number of followed branches, if it exceeds [`MOST_WAYS`] or the outcomes exceed [`MOST_OUTCOMES`].
pub fn outcomes(expression: &Expression, scope: &Scope<'_>) -> Result<Vec<Result<Value, QueryError>>, usize> {
    let mut outcomes = Vec::new();
    let mut ways = Ways::default();
    let mut count = 0;
    loop {
        let mut evaluation = Evaluation { scope, item: None, ways };
        let outcome = evaluation.value(expression);
        if !outcomes.contains(&outcome) {
            outcomes.push(outcome);
        }
        ways = evaluation.ways;
        count += 1;
        if !ways.next() {
            return Ok(outcomes);
        }
        if count >= MOST_WAYS || outcomes.len() > MOST_OUTCOMES {
            return Err(count);
        }
    }
}

/// The maximum of branches of an expression: twelve unknown conditions, each true or false.
pub const MOST_WAYS: usize = 4096;

/// More outcomes than any gate has.
pub const MOST_OUTCOMES: usize = 64;

/// The outcome of an expression of known values. `None` if it depends on an unknown one.
pub fn one(expression: &Expression, scope: &Scope<'_>) -> Option<Result<Value, QueryError>> {
    let mut evaluation = Evaluation { scope, item: None, ways: Ways::default() };
    let outcome = evaluation.value(expression);
    let vague = matches!(&outcome, Ok(value) if value.is_vague());
    (evaluation.ways.taken.is_empty() && !vague).then_some(outcome)
}

/// The branches taken at unknown values, as a counter.
#[derive(Default)]
struct Ways {
    taken: Vec<bool>,
    at: usize,
}

impl Ways {
    fn choose(&mut self) -> bool {
        if self.at == self.taken.len() {
            self.taken.push(true);
        }
        self.at += 1;
        self.taken[self.at - 1]
    }

    /// Advances to the next combination; returns whether there is one.
    fn next(&mut self) -> bool {
        self.at = 0;
        while self.taken.last() == Some(&false) {
            self.taken.pop();
        }
        match self.taken.last_mut() {
            Some(last) => {
                *last = false;
                true
            }
            None => false,
        }
    }
}

type Evaluated = Result<Value, QueryError>;

struct Evaluation<'e> {
    scope: &'e Scope<'e>,
    /// The current item of a filter.
    item: Option<Value>,
    ways: Ways,
}

impl Evaluation<'_> {
    fn value(&mut self, expression: &Expression) -> Evaluated {
        Ok(match expression {
            Expression::Literal(value) => value.clone(),
            Expression::Variable(name) if &**name == "states" => self.scope.states.clone(),
            Expression::Variable(name) if name.is_empty() => self.item.clone().unwrap_or(Value::Undefined),
            Expression::Variable(name) => (self.scope.variables)(name),
            Expression::Field(name) => field(self.item.as_ref().unwrap_or(&Value::Undefined), name),
            Expression::Path(base, steps) => {
                let base = self.value(base)?;
                self.path(base, steps)?
            }
            Expression::Call(name, arguments) => {
                let values = arguments.iter().map(|a| self.value(a)).collect::<Result<Vec<_>, _>>()?;
                match functions::call(name, &values) {
                    Some(outcome) => outcome?,
                    // Whether it fails depends on an unknown value.
                    None if self.ways.choose() => Value::Unknown(functions::sort(name)),
                    None => return Err(QueryError::new("a function fails")),
                }
            }
            Expression::Negative(inner) => {
                let zero = Value::number(0.0);
                let inner = self.value(inner)?;
                self.arithmetic(Operator::Subtract, &zero, &inner)?
            }
            Expression::Binary(operator, left, right) => self.binary(*operator, left, right)?,
            Expression::Ternary(condition, yes, no) => {
                let condition = self.value(condition)?;
                let way = if self.truth(&condition) { yes } else { no };
                self.value(way)?
            }
            Expression::List(items) => self.list(items)?,
            Expression::Object(members) => {
                let members = members.iter().map(|(name, value)| {
                    let name = self.value(name)?.to_string();
                    Ok((name.into(), self.value(value)?))
                });
                let members: Vec<(Arc<str>, Value)> = members.collect::<Result<_, QueryError>>()?;
                Value::Object(members.into_iter().filter(|(_, v)| *v != Value::Undefined).collect())
            }
        })
    }

    fn truth(&mut self, value: &Value) -> bool {
        value.truth().unwrap_or_else(|| self.ways.choose())
    }

    fn binary(&mut self, operator: Operator, left: &Expression, right: &Expression) -> Evaluated {
        let left = self.value(left)?;
        match operator {
            Operator::And | Operator::Or => {
                // JSONata, too, skips the right operand if the left one decides.
                let decided = operator == Operator::Or;
                if self.truth(&left) == decided {
                    return Ok(Value::Bool(decided));
                }
                let right = self.value(right)?;
                return Ok(Value::Bool(self.truth(&right)));
            }
            _ => {}
        }
        let right = self.value(right)?;
        match operator {
            Operator::Equal | Operator::Unequal => Ok(Self::equality(operator, &left, &right)),
            Operator::In => Ok(within(&left, &right)),
            Operator::Join => Ok(join(&left, &right)),
            Operator::Less | Operator::Greater | Operator::LessOrEqual | Operator::GreaterOrEqual => {
                self.compare(operator, &left, &right)
            }
            _ => self.arithmetic(operator, &left, &right),
        }
    }

    fn equality(operator: Operator, left: &Value, right: &Value) -> Value {
        let wanted = operator == Operator::Equal;
        match (left, right) {
            (Value::Undefined, _) | (_, Value::Undefined) => Value::Bool(false),
            (Value::Unknown(Sort::Any), _) | (_, Value::Unknown(Sort::Any)) => Value::Unknown(Sort::Bool),
            // Values of different sorts differ.
            _ if left.sort() != right.sort() => Value::Bool(!wanted),
            _ if left.is_vague() || right.is_vague() => Value::Unknown(Sort::Bool),
            _ => Value::Bool((left == right) == wanted),
        }
    }

    fn compare(&mut self, operator: Operator, left: &Value, right: &Value) -> Evaluated {
        let order = match (left, right) {
            (Value::Undefined, _) | (_, Value::Undefined) => return Ok(Value::Undefined),
            (Value::Unknown(a), b) | (b, Value::Unknown(a)) => {
                let sure = *a != Sort::Any && *a == b.sort();
                if sure || self.ways.choose() {
                    return Ok(Value::Unknown(Sort::Bool));
                }
                return Err(QueryError::new("values of different types are compared"));
            }
            (Value::Number(a), Value::Number(b)) => a.0.partial_cmp(&b.0),
            (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
            _ => return Err(QueryError::new("values of different types are compared")),
        };
        let holds = order.is_some_and(|order| match operator {
            Operator::Less => order.is_lt(),
            Operator::Greater => order.is_gt(),
            Operator::LessOrEqual => order.is_le(),
            _ => order.is_ge(),
        });
        Ok(Value::Bool(holds))
    }

    fn arithmetic(&mut self, operator: Operator, left: &Value, right: &Value) -> Evaluated {
        let (left, right) = match (left, right) {
            (Value::Undefined, _) | (_, Value::Undefined) => return Ok(Value::Undefined),
            (Value::Number(a), Value::Number(b)) => (a.0, b.0),
            (Value::Unknown(_) | Value::Number(_), Value::Unknown(_) | Value::Number(_)) => {
                let sure = left.sort() == Sort::Number && right.sort() == Sort::Number;
                if sure || self.ways.choose() {
                    return Ok(Value::Unknown(Sort::Number));
                }
                return Err(QueryError::new("arithmetic with a value that is not a number"));
            }
            _ => return Err(QueryError::new("arithmetic with a value that is not a number")),
        };
        Ok(Value::number(match operator {
            Operator::Add => left + right,
            Operator::Subtract => left - right,
            Operator::Multiply => left * right,
            Operator::Divide => left / right,
            _ => left % right,
        }))
    }

    /// A list of a sequence is the sequence.
    fn list(&mut self, items: &[Expression]) -> Evaluated {
        let mut list = Vec::new();
        for item in items {
            let value = self.value(item)?;
            match (item, value) {
                (_, Value::Undefined) => {}
                (Expression::List(_), value) => list.push(value),
                (_, Value::List(inner)) => list.extend(inner.iter().cloned()),
                (_, value @ Value::Unknown(Sort::Any)) => return Ok(value),
                (_, value) => list.push(value),
            }
        }
        Ok(Value::List(list.into()))
    }

    fn path(&mut self, base: Value, steps: &[Step]) -> Evaluated {
        let mut value = base;
        for step in steps {
            if let (Some(name), []) = (&step.field, step.filters.as_slice())
                && !matches!(value, Value::List(_))
            {
                value = value.get(name);
                continue;
            }
            let items = match (&value, &step.field) {
                (Value::List(items), Some(_)) => items.to_vec(),
                _ => vec![value.clone()],
            };
            let mut found = Vec::new();
            let mut is_list = false;
            for item in items {
                let mut inner = step.field.as_ref().map_or_else(|| item.clone(), |name| field(&item, name));
                for filter in &step.filters {
                    inner = self.filter(inner, filter)?;
                }
                match inner {
                    Value::Undefined => {}
                    Value::List(inner) => {
                        is_list = true;
                        found.extend(inner.iter().cloned());
                    }
                    inner => found.push(inner),
                }
            }
            // A list in the data stays one; a sequence of one is its member.
            value = match found.len() {
                0 if is_list => Value::List([].into()),
                0 => Value::Undefined,
                1 if !is_list => found.remove(0),
                _ => Value::List(found.into()),
            };
        }
        Ok(value)
    }

    fn filter(&mut self, value: Value, filter: &Expression) -> Evaluated {
        let items = match value {
            Value::List(items) => items,
            Value::Undefined => return Ok(Value::Undefined),
            Value::Unknown(_) => return Ok(Value::Unknown(Sort::Any)),
            single => vec![single].into(),
        };
        if let Expression::Literal(Value::Number(index)) = filter {
            let index = index.0.floor() as i64;
            let index = if index < 0 { items.len() as i64 + index } else { index };
            let found = usize::try_from(index).ok().and_then(|i| items.get(i));
            return Ok(found.cloned().unwrap_or(Value::Undefined));
        }
        let outer = self.item.take();
        let mut kept = Vec::new();
        for item in items.iter() {
            self.item = Some(item.clone());
            let holds = self.value(filter)?;
            if self.truth(&holds) {
                kept.push(item.clone());
            }
        }
        self.item = outer;
        Ok(match kept.len() {
            0 => Value::Undefined,
            1 => kept.remove(0),
            _ => Value::List(kept.into()),
        })
    }
}

/// The member of an object, or of each object of a list.
fn field(value: &Value, name: &str) -> Value {
    let Value::List(items) = value else { return value.get(name) };
    let mut found: Vec<Value> = Vec::new();
    for item in items.iter() {
        match field(item, name) {
            Value::Undefined => {}
            Value::List(inner) => found.extend(inner.iter().cloned()),
            inner => found.push(inner),
        }
    }
    match found.len() {
        0 => Value::Undefined,
        1 => found.remove(0),
        _ => Value::List(found.into()),
    }
}

fn within(left: &Value, right: &Value) -> Value {
    match (left, right) {
        (Value::Undefined, _) | (_, Value::Undefined) => Value::Bool(false),
        (Value::Unknown(_), _) | (_, Value::Unknown(_)) => Value::Unknown(Sort::Bool),
        (left, Value::List(items)) => Value::Bool(items.contains(left)),
        (left, right) => Value::Bool(left == right),
    }
}

fn join(left: &Value, right: &Value) -> Value {
    if left.is_vague() || right.is_vague() {
        return Value::Unknown(Sort::Text);
    }
    let text = |value: &Value| if *value == Value::Undefined { String::new() } else { value.to_string() };
    Value::text(&(text(left) + &text(right)))
}
