//! The vector of an article: its meaning as a direction, whatever its language.

/// The largest component after scaling.
const LARGEST: f32 = 127.0;

/// A direction with components of a byte, as the encoder makes it. Its length means nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Vector {
    components: Box<[i8]>,
    /// The squared length.
    square: i32,
}

impl Vector {
    /// Quantises a direction.
    pub fn from_floats(floats: &[f32]) -> Self {
        let largest = floats.iter().fold(0.0_f32, |largest, value| largest.max(value.abs()));
        let scale = if largest > 0.0 && largest.is_finite() { LARGEST / largest } else { 0.0 };
        // The cast saturates, and NaN becomes 0.
        Self::new(floats.iter().map(|value| (value * scale).round() as i8).collect())
    }

    /// The nearness of two articles, from -1 to 1: the cosine of the angle between their vectors. It is 0 for vectors of
    /// different models.
    pub fn cosine(&self, other: &Self) -> f32 {
        if self.components.len() != other.components.len() || self.square == 0 || other.square == 0 {
            return 0.0;
        }
        dot(&self.components, &other.components) as f32 / (self.square as f32 * other.square as f32).sqrt()
    }

    /// The components as the store keeps them.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.components.iter().map(|value| value.cast_unsigned()).collect()
    }

    /// Reads the components from the store.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self::new(bytes.iter().map(|byte| byte.cast_signed()).collect())
    }

    /// The bytes on the heap.
    pub fn memory_bytes(&self) -> usize {
        self.components.len()
    }

    fn new(components: Box<[i8]>) -> Self {
        let square = dot(&components, &components);
        Self { components, square }
    }
}

fn dot(one: &[i8], two: &[i8]) -> i32 {
    one.iter().zip(two).map(|(&one, &two)| i32::from(one) * i32::from(two)).sum()
}

/// A vector with the name of the model that made it: only vectors of one model can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelVector {
    pub model: String,
    pub vector: Vector,
}

impl std::fmt::Debug for Vector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Vector").field(&self.components.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantising_keeps_the_angle_and_drops_the_length() {
        let one: Vec<f32> = (0..384).map(|i| ((i * 37 % 101) as f32 - 50.0) * 0.01).collect();
        let two: Vec<f32> = (0..384).map(|i| ((i * 53 % 89) as f32 - 30.0) * 3.0).collect();
        let exact = |a: &[f32], b: &[f32]| {
            let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
            dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
        };
        let (a, b) = (Vector::from_floats(&one), Vector::from_floats(&two));
        assert!((a.cosine(&b) - exact(&one, &two)).abs() < 0.005, "{} {}", a.cosine(&b), exact(&one, &two));
        let longer: Vec<f32> = one.iter().map(|value| value * 1000.0).collect();
        assert_eq!(a, Vector::from_floats(&longer));
        assert!((a.cosine(&a) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn bytes_of_a_vector_give_the_vector_again() {
        let vector = Vector::from_floats(&[0.5, -1.0, 0.0, 0.25]);
        assert_eq!(vector.to_bytes(), [64, 129, 0, 32]);
        assert_eq!(Vector::from_bytes(&vector.to_bytes()), vector);
    }

    #[test]
    fn a_vector_without_direction_is_near_to_nothing() {
        let (none, some) = (Vector::from_floats(&[0.0; 4]), Vector::from_floats(&[1.0; 4]));
        assert_eq!(none.cosine(&some), 0.0);
        assert_eq!(Vector::from_floats(&[f32::NAN, f32::INFINITY, 1.0]).cosine(&some), 0.0);
        assert_eq!(some.cosine(&Vector::from_floats(&[1.0; 3])), 0.0);
    }
}
