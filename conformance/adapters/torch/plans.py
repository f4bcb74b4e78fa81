"""PyTorch's words for plans of convolutions: `conv_transpose{1,2,3}d` and `conv{1,2,3}d`. Must not know: torch."""

from conformance.adapters.convolution_vocabulary import Vocabulary
from conformance.adapters.torch.words import FUNCTIONALS, output_paddings

VOCABULARY = Vocabulary(framework="PyTorch", module="torch", functions=FUNCTIONALS, output_paddings=output_paddings)
